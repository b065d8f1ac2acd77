"""How answers are written is told by the whole file; what stays open is asked, and never taken for thousands."""

from __future__ import annotations

import pytest

from remembrain.cohort.answers_decimal import decimal_of_answers
from remembrain.errors import DataError

UNCLEAR, COMMA, POINT, WHOLE = ["69,292", "58,419"], ["70,5", "55,8"], ["70.5", "55.8"], ["70", "55"]


@pytest.mark.parametrize(
    ("answers", "others", "decimal"),
    [
        (UNCLEAR, COMMA, ","),
        (COMMA, WHOLE, ","),
        (COMMA, POINT, ","),  # copied as they were given
        (POINT, WHOLE, "."),
        (POINT, COMMA, "."),
        (["69.292", "58.419"], WHOLE, "."),
        (WHOLE, COMMA, ","),
        (WHOLE, ["a", "b"], "."),
    ],
)
def test_the_whole_file_tells_how_answers_are_written(answers, others, decimal):
    assert decimal_of_answers({"y": answers, "x": others}, ("y",), "p.csv") == decimal


@pytest.mark.parametrize("others", [POINT, WHOLE, UNCLEAR])
def test_a_comma_that_may_part_thousands_is_asked_about(others):
    cells = {"y": UNCLEAR, "x": others}
    with pytest.raises(DataError, match="69,292 of y may be thousands or a fraction") as caught:
        decimal_of_answers(cells, ("y",), "p.csv", option="--decimal ,")
    assert caught.value.try_next == "--decimal ,"
    assert decimal_of_answers(cells, ("y",), "p.csv", declared=",") == ","
    assert decimal_of_answers(cells, ("y",), "p.csv", declared=".") == "."
