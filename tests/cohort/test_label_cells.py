"""One cell of a column of labels: its number, or why it has none."""

from __future__ import annotations

import pytest

from remembrain.cohort.label_cells import Cell, plain_number, read_cell


@pytest.mark.parametrize(
    ("text", "number"),
    [("26", 26), ("-1.5", -1.5), ("26,5", 26.5), (".5", 0.5), ("1e2", 100), (" 7 ", 7), ("1_0", None), ("nan", None)],
)
def test_what_is_a_number_and_what_only_python_takes_for_one(text: str, number: float | None) -> None:
    assert plain_number(text) == number


@pytest.mark.parametrize("text", ["inf", "1e999", "", "26y", "٣", "1,234.5"])
def test_what_is_no_finite_number(text: str) -> None:
    assert plain_number(text) is None


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("26", Cell(26.0)),
        ("26,5", Cell(26.5, "decimal commas")),
        ("264M", Cell(264.0, "say that they are months", "months")),
        ("26;6", Cell(26.5, "years and months", "years")),
        ("P26Y", Cell(26.0, "say that they are years", "years")),
    ],
)
def test_ages_are_read_with_the_unit_that_they_say(text: str, cell: Cell) -> None:
    assert read_cell(text, "age", age=True) == cell


def test_a_man_of_26_is_no_age_in_months() -> None:
    assert read_cell("26M", "age", age=True).value is None
    assert read_cell("264M", "weight", age=False).value is None


@pytest.mark.parametrize(
    ("text", "form", "value", "what"),
    [
        ("89+", "bound", 89.0, "a bound and not a value"),
        ("<90", "bound", None, "a bound and not a value"),
        ("40-49", "range", None, "a range and not a value"),
        ("old", "word", None, "which is not a number"),
        ("inf", "word", None, "which is not a finite number"),
        ("x" * 5000, "word", None, "which is not a number"),
    ],
)
def test_a_cell_without_a_number_says_why(text: str, form: str, value: float | None, what: str) -> None:
    cell = read_cell(text, "age", age=True)
    assert (cell.form, cell.value) == (form, value)
    assert cell.wrong.endswith(what)
    assert len(cell.wrong) < 200


def test_nothing_is_missing() -> None:
    assert read_cell("n/a", "age", age=True) == Cell(wrong="age is missing", summary="age is missing")
