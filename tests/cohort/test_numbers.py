"""Numbers as people write them: one grammar, missing codes by the cell, decimal commas by the file."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.numbers import number, read_numbers, written

PLAIN = [f"{value}.5" for value in range(20)]


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("12", ".", 12),
        (" 12.50 ", ".", 12.5),
        (".5", ".", 0.5),
        ("5.", ".", 5),
        ("+3", ".", 3),
        ("-3.5", ".", -3.5),
        ("−3.5", ".", -3.5),
        ("–3.5", ".", -3.5),
        ("1.5e-03", ".", 0.0015),
        ("1.2E+5", ".", 120000),
        ("1,234", ".", 1234),
        ("1,234,567.8", ".", 1234567.8),
        ("1 234.5", ".", 1234.5),
        ("1\u202f234", ".", 1234),
        ("1\u00a0234", ".", 1234),
        ("1'234", ".", 1234),
        ("1’234.5", ".", 1234.5),
        ("26,9", ",", 26.9),
        ("1.234,5", ",", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("1.234.567", ",", 1234567),
        ("1,5e3", ",", 1500),
        ("12", ",", 12),
        ("26,9", ".", None),
        ("26.9", ",", None),
        ("1_0.5", ".", None),
        ("1_000", ".", None),
        ("0x1F", ".", None),
        ("nan", ".", None),
        ("inf", ".", None),
        ("-Infinity", ".", None),
        ("1e999", ".", None),
        ("١٢", ".", None),
        ("１２", ".", None),
        ("1,23", ".", None),
        ("12,34,567", ".", None),
        ("1,234'567", ".", None),
        ("0,123", ".", None),
        ("1.2.3", ".", None),
        ("1-2", ".", None),
        ("(5)", ".", None),
        ("5*", ".", None),
        ("1.5D+03", ".", None),
        ("- 5", ".", None),
        ("", ".", None),
    ],
)
def test_the_grammar_of_a_number(text: str, decimal, value: float | None) -> None:
    assert number(text, decimal) == value


@pytest.mark.parametrize(
    "code",
    [".", "-", "--", "#N/A", "N/A", "?", "NULL", "#DIV/0!", "#VALUE!", "missing", "<NA>", "", "NaN", "n.a.", "–", "nil",
     "#WERT!", "\\N", "-nan(ind)", "Not available", "#REF!"],
)  # fmt: skip
def test_a_code_for_missing_costs_its_cell_alone(code: str) -> None:
    found = read_numbers([*PLAIN, code, code])
    assert found is not None
    np.testing.assert_array_equal(found.values, [*(value + 0.5 for value in range(20)), np.nan, np.nan])
    assert found.strangers == ()
    told = {} if code.lower() in ("n/a", "null", "<na>", "", "nan") else {code: 2}
    assert found.missing == told


def test_codes_that_the_user_names_are_missing_whatever_their_spelling() -> None:
    found = read_numbers([*PLAIN, "-9999", "-9999.0", "refused"], codes={"-9999", "Refused"})
    assert found is not None
    assert np.isnan(found.values[20:]).all()
    assert found.missing == {"-9999": 1, "-9999.0": 1, "refused": 1}


@pytest.mark.parametrize(
    ("cell", "value"), [("<0.5", 0.5), ("> 100", 100), ("≤3", 3), (">=7.5", 7.5), ("89+", 89), ("<1,234", 1234)]
)
def test_a_bound_is_read_as_itself_and_counted(cell: str, value: float) -> None:
    found = read_numbers([*PLAIN, cell])
    assert found is not None
    assert found.values[-1] == value
    assert found.bounds == 1


def test_a_unit_behind_every_number_is_taken_off() -> None:
    found = read_numbers([f"{text} mm3" for text in PLAIN] + ["n/a"])
    assert found is not None
    assert found.unit == "mm3"
    assert found.values[:2].tolist() == [0.5, 1.5]
    assert read_numbers([f"{text}%" for text in PLAIN]).unit == "%"


@pytest.mark.parametrize("cell", ["1_0.5", "abc", "12 mm", "inf", "2,5", "0x1F", "3-4", "~5", "see note"])
def test_a_cell_that_is_no_number_is_named_and_does_not_cost_the_column(cell: str) -> None:
    found = read_numbers([*PLAIN, cell])
    assert found is not None
    assert found.strangers == ((20, cell),)


def test_units_that_differ_are_not_taken_for_text() -> None:
    found = read_numbers([f"{text} {'mm' if place % 2 else 'cm'}" for place, text in enumerate(PLAIN)])
    assert found is not None
    assert len(found.strangers) == 20


def test_words_in_most_cells_do_not_hide_the_numbers() -> None:
    found = read_numbers([*PLAIN, *["not done"] * 60])
    assert found is not None
    assert len(found.strangers) == 60


@pytest.mark.parametrize(
    "cells",
    [
        ["a", "b", "c"],
        ["1", "2", "3", "3b"] * 5,
        [f"sub-{place}" for place in range(20)],
        ["2019-03-05", "2020-01-01"],
        ["12:30", "14:00"],
        ["yes", "no"] * 9,
        ["", "n/a"],
        [f"{place:x}f{place}" for place in range(40)],
    ],
)
def test_text_and_levels_are_no_numbers(cells: list[str]) -> None:
    assert read_numbers(cells) is None


@pytest.mark.parametrize("text", ["0" * 100_000 + "x", "1 " * 50_000, "1," * 50_000, "9" * 101, "<1" * 50_000])
def test_a_text_that_is_far_too_long_for_a_number_is_none(text: str) -> None:
    assert number(text) is None
    assert read_numbers([text, text]) is None


@pytest.mark.parametrize("value", [62.0, 61.93328377177375, 0.1 + 0.2, -3e-7, 1e22])
def test_a_number_is_written_as_the_text_that_reads_as_it(value: float) -> None:
    assert number(written(value)) == value
    assert written(62.0) == "62"
