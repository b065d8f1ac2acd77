"""Several models side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from html_check import check_page
from page_of import written

import example_runs


def test_several_runs_are_compared_and_each_has_its_section(tmp_path: Path) -> None:
    def rename(evidence: Any) -> None:
        evidence["target"]["name"] = "slice-mean"

    runs = example_runs.leaking(tmp_path / "a"), example_runs.not_detected(tmp_path / "b", rename)
    out = tmp_path / "deep" / "both.html"
    page = check_page(written(*runs, out=out))
    assert page.all("h1")[0].text() == "Do cnn3d and slice-mean remember whose scans trained them?"
    assert [heading.text() for heading in page.all("h2")] == [
        "The models side by side",
        "cnn3d",
        "slice-mean",
        "Glossary",
    ]
    rows = [row.text().replace("\N{NO-BREAK SPACE}", " ") for row in page.all("table")[0].all("tr")[1:]]
    assert rows[0] == (
        "cnn3d recognised 0.82 0.78 to 0.86 0.91 0.87 to 0.95 0.51 0.47 to 0.55 4.30 4.01 to 4.66 +1.80 +1.42 to +2.19 "
        "151 + 152"
    )
    assert rows[1].startswith("slice-mean not shown 0.51 0.47 to 0.55 0.52")
    assert "on the same people in the same roles" in page.text()
    assert len(page.all("figure")) == 15
    assert all((run / "figures" / "forest.svg").exists() for run in runs)


@pytest.mark.usefixtures("words_for_pictures")
def test_runs_on_other_people_are_said_to_be(tmp_path: Path) -> None:
    runs = example_runs.leaking(tmp_path / "a"), example_runs.leaking(tmp_path / "b")
    kept = json.loads((runs[1] / "restricted" / "hashes.json").read_text())
    (runs[1] / "restricted" / "hashes.json").write_text(json.dumps({**kept, "split": "d" * 64}))
    page = check_page(written(*runs, out=tmp_path / "both.html"))
    assert "The audits differ in people" in page.text()
    assert [heading.text() for heading in page.all("h2")][1:3] == ["cnn3d (a)", "cnn3d (b)"]


@pytest.mark.usefixtures("words_for_pictures")
def test_unknown_people_are_not_called_the_same(tmp_path: Path) -> None:
    runs = example_runs.leaking(tmp_path / "a"), example_runs.leaking(tmp_path / "b")
    for run in runs:
        (run / "restricted" / "hashes.json").unlink()  # as where evidence alone was handed on
    assert "The audits differ in people" in check_page(written(*runs, out=tmp_path / "both.html")).text()
