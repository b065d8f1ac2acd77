"""What stands over each column, in one row of headings or in several."""

from __future__ import annotations

import pytest

from made_survey import number, question
from remembrain.survey.published.grid import grid_of, parts_of
from remembrain.survey.published.headings import headings_of
from remembrain.survey.published.vocabulary import Vocabulary

WORDS = Vocabulary((question("q0", 2), question("q1", 3), number("age")))


def headings(*rows: str):
    (part,) = parts_of(grid_of([row.split("|") for row in rows], "t.csv", "t"), WORDS)
    return headings_of(part, WORDS, [])


@pytest.mark.parametrize(
    ("heading", "measure", "levels", "about"),
    [("n", "count", {}, ""), ("Mean age", "mean", {}, "age"), ("age", None, {}, "age"), ("SE", None, {}, "")],
)
def test_one_row_says_what_is_measured_and_of_what(heading, measure, levels, about) -> None:
    first, found = headings(f"q0|{heading}", "q0:0|1")
    assert (first.name, first.is_told) == ("q0", False)
    assert (found.measure, dict(found.levels), found.about) == (measure, levels, about)
    assert found.is_told == (heading != "SE")


def test_a_level_stands_over_all_columns_below_it() -> None:
    found = headings("|q1|||", "|q1:0||Total|", "q0|n|%|n|%", "q0:0|1|2|3|4")[1:]
    assert [(one.measure, dict(one.levels), one.total) for one in found] == [
        ("count", {"q1": "q1:0"}, False), ("percent", {"q1": "q1:0"}, False),
        ("count", {"q1": "Total"}, True), ("percent", {"q1": "Total"}, True),
    ]  # fmt: skip


def test_a_level_and_a_measure_may_stand_in_one_heading() -> None:
    found = headings("q0|q1:0|q1:1 (%)", "q0:0|1|2")[1:]
    assert [one.measure for one in found] == [None, "percent"]
