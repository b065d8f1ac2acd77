"""What numbers are, by sums, range and what is declared; what cannot be told is asked."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from remembrain.survey.published.cells import Cells, Numbers
from remembrain.survey.published.sources import Source
from remembrain.survey.published.units import unit_of


def measured(values: list, sizes: tuple[int, ...], said: str, places: int = 1, declared=None, **words):
    rows = list(product(*map(range, sizes)))
    place = {f"q{axis}": np.array([row[axis] for row in rows]) for axis in range(len(sizes))}
    numbers = Numbers(np.array(values, dtype=float), places)
    return unit_of(Source(Cells("t", said, "", place, numbers)), sizes, declared, **words)  # type: ignore[arg-type]


NAN = np.nan


@pytest.mark.parametrize(
    ("values", "said", "unit"),
    [([12.3, 87.7], "share", "percent"), ([12.3, 87.7], "value", "percent"), ([0.123, 0.877], "percent", "share"),
     ([0.123, 0.877], "value", "share"), ([33.3, 33.3, 33.3], "percent", "percent"), ([12.3, NAN], "share", "percent"),
     ([0.4, NAN], "share", "share"), ([12.3, NAN], "percent", "percent")],
)  # fmt: skip
def test_sums_and_range_say_the_unit(values: list, said: str, unit: str) -> None:
    found = measured(values, (len(values),), said, 3 if max(values) < 1 else 1)
    assert (found.unit, found.problem) == (unit, "")


def test_what_is_read_otherwise_than_its_heading_is_told() -> None:
    assert measured([12.3, 87.7], (2,), "share").note == "its numbers add up to 100, and are read as such"
    assert not measured([12.3, 87.7], (2,), "percent").note


@pytest.mark.parametrize(
    ("values", "said", "places", "message"),
    [([0.4, NAN], "percent", 1, "whether numbers below 1 under a heading of percentages are shares cannot be told"),
     ([60, 40], "value", 0, "whether its numbers are people or percentages cannot be told, as it adds up to 100"),
     ([60, NAN], "value", 0, "cannot be told, as it has cells that are not told"),
     ([12.5, NAN], "value", 1, "cannot be told, as it adds up to neither 1 nor 100"),
     ([12.3, 77.7], "percent", 1, "its percents add up to 90; expected 1 or 100"),
     ([0.6, 0.6], "share", 1, "its shares add up to 1.2; expected 1 or 100")],
)  # fmt: skip
def test_what_cannot_be_told_is_asked(values: list, said: str, places: int, message: str) -> None:
    problem = measured(values, (2,), said, places).problem
    assert message in problem
    assert ("[published] unit" in problem) == ("cannot be told" in problem)


def test_whole_numbers_that_add_up_to_something_else_are_people() -> None:
    assert measured([60, 90], (2,), "value", 0).unit == "count"


def test_what_is_declared_counts_unless_sums_speak_against_it() -> None:
    assert measured([60, 40], (2,), "value", 0, "percent").unit == "percent"
    assert measured([60, 40], (2,), "value", 0, "count").unit == "count"
    assert measured([0.4, NAN], (2,), "percent", 1, "percent").problem == ""
    assert "declared to be shares" in measured([12.3, 87.7], (2,), "value", 1, "share").problem
    assert "declared to be percents" in measured([0.123, 0.877], (2,), "percent", 3, "percent").problem
    assert "a share of 12.3 is declared" in measured([12.3, NAN], (2,), "value", 1, "share").problem


def test_over_what_percentages_add_up_is_found() -> None:
    rows = [10.0, 90.0, 30.0, 70.0]
    assert measured(rows, (2, 2), "percent").over == {frozenset({"q1"})}
    assert measured([10.0, 30.0, 90.0, 70.0], (2, 2), "percent").over == {frozenset({"q0"})}
    assert measured([10.0, 20.0, 30.0, 40.0], (2, 2), "percent").over == {frozenset({"q0", "q1"})}
    assert measured([10.0, NAN, 30.0, 70.0], (2, 2), "percent").over == {frozenset({"q1"})}


def test_sums_of_blurred_shares_may_be_off() -> None:
    assert measured([0.2, 0.7], (2,), "share", 3).problem
    assert not measured([0.2, 0.7], (2,), "share", 3, loose=0.3).problem
