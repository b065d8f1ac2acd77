"""Which decimal separator a file has, and that no cell becomes a number a thousand times as large without a word."""

from __future__ import annotations

import re

import pytest

from remembrain.cohort.separators import convention


def test_commas_that_can_be_nothing_else_are_decimal() -> None:
    found = convention({"a": ["26,9", "30"], "b": ["1.234,5", "n/a"], "c": ["x", "1.5"] * 3 + ["y"] * 9})
    assert (found.decimal, found.commas, found.doubt) == (",", 2, "")


def test_a_thousands_separator_beside_decimal_points_is_one() -> None:
    found = convention({"volume": ["1,234", "2,345"], "age": ["26.9", "30.1"]})
    assert (found.decimal, found.doubt) == (".", "")
    assert convention({"volume": ["1,234,567", "2,345"]}).doubt == ""
    assert convention({"volume": ["1.234.567", "2,5"]}).decimal == ","


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"volume": ["1,234", "2,345"]}, "1,234 of volume may be thousands or a fraction"),
        ({"a": ["2,5", "3,5"], "b": ["2.5", "3.5"]}, "2 numbers have a decimal point .2.5 of b. and 2 a decimal comma"),
        ({"a": ["2.5", "3,5", "1.5"]}, "2.5 of a. and 1 a decimal comma .3,5 of a"),
        ({"age": ["26,9", "30,1"], "thickness": ["2.345", "2.456"]}, "2.345 of thickness may be thousands"),
        ({"a": ["<0,5", "1,5"], "b": ["2.5 mm", "3.5 mm"]}, "0,5 of a|1,5 of a"),
    ],
)
def test_what_may_mean_two_things_is_asked_about_until_it_is_declared(columns, message: str) -> None:
    assert re.search(message, convention(columns).doubt)
    assert convention(columns, ".").doubt == ""
    assert convention(columns, ",").decimal == ","


def test_points_alone_and_whole_numbers_are_no_question() -> None:
    for cells in (["2.345", "1.234"], ["1", "2"], ["12", "n/a"], ["a,b", "c,d"]):
        found = convention({"a": cells})
        assert (found.decimal, found.doubt, found.commas) == (".", "", 0)


THICKNESS = [f"{2.1 + 0.0061 * place:.3f}" for place in range(140)]
VOLUMES = [f"{1200 + 37 * place}" for place in range(140)]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"a": [*THICKNESS, "2,512"]},
            "1 cell such as 2,512 of a may be 2512 or 2.512, where most others are 2.18",
        ),
        ({"a": [*THICKNESS, "2,512", "-9999"]}, "1 cell such as 2,512 of a may be 2512 or 2.512"),
        ({"a": [*THICKNESS, "2,512", "2,488"]}, "2 cells such as 2,512 of a may be 2512 or 2.512"),
        ({"a": [*VOLUMES, "1.234"], "b": ["2.5"]}, "1 cell such as 1.234 of a may be 1.234 or 1234, where most"),
        ({"a": [*VOLUMES, "1.234"], "b": ["2,5"]}, "2,5 of b has a decimal comma, and 1.234 of a may be thousands"),
        ({"a": ["2,5", *[text.replace(".", ",") for text in THICKNESS], "2.512"]}, "2.512 of a may be 2512 or 2.512"),
        ({"a": ["987", "912", "1.234", "1.421"]}, "2 cells such as 1.234 of a may be 1.234 or 1234"),
        (
            {f"t{n}": [*THICKNESS[:n], THICKNESS[n].replace(".", ","), *THICKNESS[n + 1 :]] for n in range(5)},
            r"5 cells such as 2,100 of t0 \(and of 4 more columns\) may be 2100 or 2.1",
        ),
    ],
)
def test_a_reading_far_from_the_rest_of_its_column_is_asked_about(columns: dict[str, list[str]], message: str) -> None:
    assert re.search(message, convention(columns).doubt)
    assert convention(columns, ".").doubt == ""


@pytest.mark.parametrize(
    "columns",
    [
        {"a": THICKNESS},
        {"a": [*VOLUMES, "1,234", "12,345"], "b": ["2.5"]},
        {"a": [*THICKNESS, "-9999", "0"]},
        {"a": ["0.5", "1.234", "45.321", "812.007", "0.02"]},
        {"a": ["1.234", "0", "0.0"]},
        {"a": [*VOLUMES, "1,234,567"], "b": ["2.5"]},
    ],
)
def test_what_fits_the_rest_of_its_column_is_no_question(columns: dict[str, list[str]]) -> None:
    assert convention(columns).doubt == ""
