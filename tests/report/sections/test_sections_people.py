"""Who was audited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from html_check import check_page
from page_of import kept, written

import example_runs


def test_ages_of_few_people_are_not_told() -> None:
    page = kept(example_runs.too_few)
    assert "not told: too few" in page.text()


def test_what_was_left_out_is_told_by_kind_and_how_often(tmp_path: Path) -> None:
    def told(evidence: dict[str, Any]) -> None:
        evidence["data"] = {
            "notes": [
                {"text": "age is missing: left out", "count": 10},
                {"text": "<b>sex</b> is guessed", "count": "<10"},
            ]
        }

    (tmp_path / "without").mkdir()
    assert "What was read" not in written(example_runs.everything(tmp_path / "without" / "run"))
    page = check_page(written(example_runs.everything(tmp_path / "run", told)))
    lines = [item.text() for item in page.all("li")]
    assert "Age is missing: left out (about 10 times)." in lines
    assert "<b>sex</b> is guessed." in lines
    assert [heading.text() for heading in page.all("h3")].count("What was read, and what was left out") == 1
