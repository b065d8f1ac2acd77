"""Who is exposed."""

from __future__ import annotations

import pytest
from page_of import kept

import example_runs
from remembrain.report import write as report


def test_small_groups_are_not_told():
    text = kept(example_runs.everything).text()
    assert "Not told, because too few people were tested to form two groups: scans a person." in text
    assert "Intervals hold for all 8 groups together" in text


@pytest.mark.parametrize("part", ["groups", "exposure"])
def test_texts_of_the_evidence_stay_texts(tmp_path, part):
    def attack(evidence):
        if part == "groups":
            evidence["groups"]["factors"][2]["level"] = "<script>alert(1)</script>"
            evidence["groups"]["why"] = "<img src=x onerror=alert(1)>"
        else:
            evidence["exposure"]["groups"][7]["level"] = "<script>alert(1)</script>"

    source = report.write([example_runs.everything(tmp_path / "run", attack)]).read_text(encoding="utf-8")
    assert "<script" not in source
    assert "<img" not in source
