"""What was found of each attack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from html_check import check_page
from page_of import written

import example_runs


@pytest.mark.parametrize("name", ["null_failed", "too_few"])
@pytest.mark.usefixtures("words_for_pictures")
def test_nothing_is_concluded_where_it_was_not_assessed(name: str, tmp_path: Path) -> None:
    page = check_page(written(example_runs.EVERY[name](tmp_path / "run")))
    assert page.all("h2")[0].text() == "Not assessed"
    (findings,) = (table for table in page.all("table") if "What can be said of each attack" in table.text())
    words = {row.children[1].text() for row in findings.all("tr")[1:]}
    assert words == {"not assessed"}


@pytest.mark.usefixtures("words_for_pictures")
def test_attacks_are_called_by_their_titles_in_what_was_found(tmp_path: Path) -> None:
    def name_them(evidence: Any) -> None:
        names = [one["name"] for one in evidence["attacks"]]
        evidence["findings"][0]["text"] = f"Recognised by 2 of 3 attacks, best by {names[1]}. Not assessed: {names[0]}."

    run = example_runs.leaking(tmp_path / "run", name_them)
    titles = [one["title"] for one in json.loads((run / "evidence.json").read_text())["attacks"]]
    text = check_page(written(run)).text()
    assert f"best by “{titles[1]}”. Not assessed: “{titles[0]}”." in text
