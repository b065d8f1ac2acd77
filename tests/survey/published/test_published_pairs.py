"""Cells of two numbers become columns of one."""

from __future__ import annotations

from remembrain.survey.published.cells import Column
from remembrain.survey.published.headings import Heading
from remembrain.survey.published.pairs import parted_pairs


def test_people_and_percentages_are_parted_and_marks_stand_for_both() -> None:
    cells = ["12 (3.4%)", "1,234 (96.6)", "c", "", "12 (3.4%)"]
    columns, headings = parted_pairs([Column.of(cells)], [Heading("n (%)", "count", {"sex": "men"})])
    assert [[one.text(row) for row in range(5)] for one in columns] == [
        ["12", "1,234", "c", "", "12"],
        ["3.4", "96.6", "c", "", "3.4"],
    ]
    assert [(one.measure, dict(one.levels)) for one in headings] == [
        ("count", {"sex": "men"}),
        ("percent", {"sex": "men"}),
    ]


def test_a_total_of_people_alone_has_no_percentage() -> None:
    columns, _ = parted_pairs([Column.of(["12 (40)", "18 (60)", "30"])], [Heading("n (%)", "count")])
    assert [[one.text(row) for row in range(3)] for one in columns] == [["12", "18", "30"], ["40", "60", ""]]


def test_of_a_mean_and_its_spread_the_mean_is_used() -> None:
    columns, headings = parted_pairs([Column.of(["45.2 (12.1)", "50.0 (9)"])], [Heading("Mean (SD)", "mean")])
    assert [columns[0].text(row) for row in range(2)] == ["45.2", "50.0"]
    assert [heading.measure for heading in headings] == ["mean", "sd"]


def test_other_columns_stay_as_they_are() -> None:
    column, heading = Column.of(["12 [u]", "13", "men (adult)"]), Heading("n")
    assert parted_pairs([column], [heading]) == ([column], [heading])
