"""Observations of SDMX-CSV by data flow."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.errors import Problem
from remembrain.survey.published.grid import grid_of
from remembrain.survey.published.sdmx_csv import is_sdmx, read_sdmx


def grid(*rows: str):
    return grid_of([row.split("|") for row in rows], "t.csv", "t")


def test_flows_are_told_apart_and_have_their_own_dimensions() -> None:
    problems: list[Problem] = []
    first, second = read_sdmx(
        grid(
            "STRUCTURE|STRUCTURE_ID|ACTION|SEX: Sex|AGE|OBS_VALUE: Value|OBS_STATUS",
            "dataflow|A:ONE(1.0)|I|F: Women||12|A",
            "dataflow|A:TWO(1.0)|I||Y1|3.50|A",
            "dataflow|A:ONE(1.0)|I|M: Men||c|C",
        ),
        problems,
    )
    assert (list(first.columns), list(second.columns)) == (["SEX: Sex", "OBS_STATUS"], ["AGE", "OBS_STATUS"])
    np.testing.assert_array_equal(first.told[0].numbers.value, [12, np.nan])
    assert (first.line.tolist(), second.line.tolist(), problems) == ([2, 4], [3], [])
    assert "A:TWO(1.0)" in second.context


def test_multipliers_and_decimals_count() -> None:
    (long,) = read_sdmx(
        grid("DATAFLOW|SEX|OBS_VALUE|UNIT_MULT|DECIMALS", "f|F|1.5|3: Thousands|2", "f|M|2|0: Units|2"), []
    )
    np.testing.assert_array_equal(long.told[0].numbers.value, [1500, 2])
    assert long.told[0].numbers.places == 2
    assert list(long.columns) == ["SEX"]


def test_decimal_commas_of_french_files() -> None:
    (long,) = read_sdmx(grid("DATAFLOW|SEX|OBS_VALUE", "f|F|12,5", "f|M|3"), [])
    np.testing.assert_array_equal(long.told[0].numbers.value, [12.5, 3])


def test_what_is_no_number_is_a_problem() -> None:
    problems: list[Problem] = []
    read_sdmx(grid("DATAFLOW|SEX|OBS_VALUE", "f|F|about 12"), problems)
    assert [str(one) for one in problems] == ["t.csv line 2: 'about 12' is no number"]


@pytest.mark.parametrize(
    ("heading", "is_one"), [("DATAFLOW|A|OBS_VALUE", True), ("A|OBS_VALUE", False), ("DATAFLOW|A|n", False)]
)
def test_sdmx_is_known_by_its_heading(heading: str, is_one: bool) -> None:
    assert is_sdmx(grid(heading, "a|b|1")) is is_one
