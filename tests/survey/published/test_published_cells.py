"""Columns with every text once, and numbers as offices write them."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.survey.published.cells import Column, Told, decimals, half_places, of_floats, read_numbers


def test_a_column_has_every_text_once_and_gives_rows_back() -> None:
    column = Column.of(["b", "", "a", "b"])
    assert [column.text(row) for row in range(4)] == ["b", "", "a", "b"]
    assert sorted(column.listed) == ["", "a", "b"]
    assert column.filled.tolist() == [True, False, True, True]
    taken = column.take(np.array([3, 1]))
    assert ([taken.text(row) for row in range(2)], sorted(taken.listed)) == (["b", ""], ["", "b"])


def test_other_names_of_texts_go_with_them() -> None:
    column = Column(np.array([0, 1, 2]), Column.of(["x", "y", "z"]).texts, ("1", "2", "3"))
    assert column.take(np.array([2, 0])).also == ("1", "3")


def test_numbers_are_read_and_what_is_none_is_counted() -> None:
    found = read_numbers(Column.of(["12", "12.50", "c", "<5", "", "1,234", "7*", "c"]))
    np.testing.assert_array_equal(found.value, [12, 12.5, np.nan, np.nan, np.nan, 1234, 7, np.nan])
    assert (found.places, found.percent, found.strangers) == (2, False, ())
    assert found.marks == {"c": 2, "<5": 1, "": 1}


def test_what_is_neither_number_nor_mark_is_named_with_its_row() -> None:
    assert read_numbers(Column.of(["1", "about 2", "3", "about 2"])).strangers == ((1, "about 2"),)


def test_a_sign_behind_every_number_says_percent() -> None:
    assert read_numbers(Column.of(["12.5%", "c", "3 %"])).percent
    assert not read_numbers(Column.of(["12.5%", "3"])).percent


def test_decimal_commas() -> None:
    found = read_numbers(Column.of(["12,5", "1.234,50", "3"]), ",")
    np.testing.assert_array_equal(found.value, [12.5, 1234.5, 3])
    assert found.places == 2


@pytest.mark.parametrize(("values", "places"), [([1.0, 2.0], 0), ([0.1 + 0.2, 1.0], 1), ([12.345, np.nan], 3)])
def test_decimals_of_numbers_are_those_they_have_to_be_written_with(values: list[float], places: int) -> None:
    assert decimals(np.array(values)) == places
    assert of_floats(values).places == places
    assert of_floats(values, 4).places == 4


def test_values_beside_a_question_of_numbers_are_means() -> None:
    told = Told("value", of_floats([1.0]))
    assert (told.of_mean("age").measure, told.of_mean("age").about) == ("mean", "age")
    assert (Told("count", of_floats([1.0]), "age").of_mean("age").measure) == "count"
    assert Told("count", of_floats([1.0]), "age").of_people().about == ""


def test_the_last_place_of_a_number_is_that_which_it_needs() -> None:
    """3.50 looks like 3.5: where zeros are cut, a place more would be claimed than was told."""
    half = half_places(np.array([3.5, 27.25, 12.0, 1 / 3, 0.1 + 0.2, np.nan]))
    np.testing.assert_allclose(half[:5], [0.05, 0.005, 0.5, 0.5e-12, 0.05], rtol=1e-9)
    written = read_numbers(Column.of(["3.50", "12", "1,5", "c"]), ",")
    np.testing.assert_allclose(written.half[[1, 2]], [0.5, 0.05])
    np.testing.assert_allclose(read_numbers(Column.of(["3.50", "1.00", "2"])).take(np.array([1, 0])).half, 0.005)
    np.testing.assert_allclose(of_floats([3.5, 1.0]).half, [0.05, 0.5])
