"""The table of attacks."""

from __future__ import annotations

import re
from pathlib import Path

from html_check import check_page
from page_of import kept, written

import example_runs


def test_numbers_that_are_missing_read_not_assessed(tmp_path: Path) -> None:
    source = written(example_runs.too_few(tmp_path / "run"))
    page = check_page(source)
    assert not re.search(r"\b(None|nan|NaN|undefined)\b", page.text())
    (attacks,) = (table for table in page.all("table") if "Means over repeats" in table.text())
    for row in attacks.all("tr")[1:-1]:
        assert [cell.texts[0].strip() for cell in row.children[2:]] == ["not assessed"] * 6
    assert "Too few people: 12 members and 12 non-members a repeat, 20 of each needed." in page.text()
    assert {figure.attributes["id"] for figure in page.all("figure")} == {"run1-figure-ages"}


def test_one_missing_number_among_others() -> None:
    page = kept(example_runs.leaking)
    (attacks,) = (table for table in page.all("table") if "Means over repeats" in table.text())
    for row in attacks.all("tr")[1:]:
        assert row.children[5].text() == "not assessed a"
    notes = [item.text() for item in page.all("li") if item.text().startswith("a ")]
    assert [note.replace("\N{NO-BREAK SPACE}", " ") for note in notes] == [
        "a 150 non-members cannot resolve a false-positive rate of 0.1 %; at least 1000 are needed."
    ]


def test_every_attack_shows_its_people_interval_and_threat_model() -> None:
    page = kept(example_runs.leaking)
    (attacks,) = (table for table in page.all("table") if "Means over repeats" in table.text())
    row = attacks.all("tr")[2].text()
    for part in (
        "Logistic regression",
        "outputs; some members",
        "151 + 152",
        "0.82",
        "0.78 to 0.86",
        "± 1.4 %",
        "+0.31",
    ):
        assert part in row.replace("\N{NO-BREAK SPACE}", " ")
