"""From rows of a paper's table to cells: p-values as they are told, and of how many people each number is."""

from __future__ import annotations

import numpy as np
import pytest

from printed_table_one import AGE, GROUP
from remembrain.survey.published.cells import TOTAL
from remembrain.survey.published.groups import Group
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.specs import Spec
from remembrain.survey.published.stated import stated
from remembrain.survey.published.table_one_cells import cells_of_rows, p_cells
from remembrain.survey.published.table_one_columns import Row
from remembrain.survey.published.table_one_lines import Fact, Line

GROUPS = (
    Group(1, "everybody", "Overall", people=20),
    Group(2, "group", "control", GROUP, 0, 12),
    Group(3, "group", "patient", GROUP, 1),
)


@pytest.mark.parametrize(
    ("text", "value", "mark"), [("0.03", 0.03, []), ("0,40*", 0.4, []), ("<0.001", np.nan, ["<0.001"])]
)
def test_a_p_value_is_kept_with_its_question_and_its_groups(text: str, value: float, mark: list[str]) -> None:
    cells = p_cells(text, AGE, GROUP, "t.csv", 7)
    assert (cells.measure, cells.about, cells.place["group"].tolist(), cells.at(0)) == (
        "p",
        "age",
        [TOTAL],
        "t.csv line 7",
    )
    np.testing.assert_equal(cells.numbers.value, [value])
    assert list(cells.numbers.marks) == mark


def row(kind: str, *cells: str) -> Row:
    spec = Spec("mean", "sd") if kind == "number" else Spec("count")
    line = Line(3, kind, "", "", cells)
    question = None if kind == "people" else AGE
    return Row(Fact(kind, line, question, spec=spec), tuple(stated(cell, spec, ".") for cell in cells))


def told(*rows: Row) -> tuple[dict[tuple[str, int], list[float]], list[str]]:
    understood = Understood()
    cells_of_rows(GROUPS, rows, "t.csv", understood)
    found = {
        (one.measure, len(one.place)): one.numbers.value.tolist() for one in understood.cells if one.about == "age"
    }
    return found, [problem.what for problem in understood.problems]


def test_people_of_a_mean_are_exact_where_no_answers_are_counted_and_else_what_it_is_of() -> None:
    mean, people = row("number", "50.1 (9)", "49 (8)", "52 (10)"), row("people", "20", "12", "8")
    cells, wrong = told(people, mean)
    assert (cells["mean", 0], cells["mean", 1], cells["sd", 1]) == ([50.1], [49, 52], [8, 10])
    assert (cells["of", 0], cells["of", 1], wrong) == ([20], [12, 8], [])
    cells, _ = told(people, mean, row("no answer", "3", "1", "2"))
    assert (cells["count", 0], cells["count", 1], ("of", 0) in cells) == ([17], [11, 6], False)


def test_people_that_cannot_be_are_said() -> None:
    assert told(row("people", "20", "13", "8"))[1][0] == "13 people, and 12 over control"
    assert told(row("people", "20", "12", "9"))[1] == ["the groups of group are of 21 people, and everybody is 20"]
    mean = row("number", "50.1 (9)", "49 (8)", "52 (10)")
    assert told(mean, row("no answer", "3", "13", "2"))[1] == ["13 people gave no answer to age, and there are 12"]
    answered = row("answered", "17", "13", "6")
    assert told(mean, answered)[1] == ["age among control: 13 people answered, and there are 12"]
    both = told(mean, row("answered", "17", "11", "6"), row("no answer", "3", "2", "2"))
    assert both[1] == ["age among control: 11 people answered, and 2 of 12 did not"]
    assert both[0]["count", 1] == [11, 6]
    assert told(mean, mean)[1] == ["the mean of age stands twice", "the sd of age stands twice"]
