"""Numbers among answers are read as those of any table."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.errors import DataError
from remembrain.survey.answer_numbers import as_numbers

MANY = [f"{value},5" for value in range(30)]
FILE = Path("answers.csv")


def test_decimal_commas_and_codes_are_read_and_told() -> None:
    plain, how = as_numbers({"bmi": [*MANY, ".", "<0,5"], "who": ["a"] * 32}, {"who"}, {}, FILE)
    assert plain["bmi"][:2] == ["0.5", "1.5"]
    assert plain["bmi"][-2:] == ["", "0.5"]
    assert how == {"bmi": "'.' is no answer (1 cells), decimal commas, bounds read as values"}


def test_few_different_answers_stay_levels() -> None:
    cells = ["1", "2", "80+", "-"] * 8
    assert as_numbers({"age": cells}, set(), {}, FILE) == ({"age": cells}, {})


def test_declared_codes_are_no_answers() -> None:
    plain, _ = as_numbers({"bmi": [*MANY, "refused"]}, set(), {"bmi": ("refused",)}, FILE)
    assert plain["bmi"][-1] == ""


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([*MANY, "much"], "column 'bmi', row 32: 'much' is not a number"),
        ([f"1,{value}" for value in range(100, 130)], "thousands or a fraction"),
    ],
)
def test_what_is_no_number_is_named_and_not_left_out(cells: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_numbers({"bmi": cells}, set(), {}, FILE)
