"""Bands of numbers by the names that tables have for them, and numbers that are cut into them."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from remembrain.errors import DataError
from remembrain.survey.bands import Band, are_cuts, band_in, banded, bands_of, title_of

FILE = Path("people.csv")


@pytest.mark.parametrize(
    "text",
    [
        "30-44", "30–44", "30 to 44", "30 - 44 years", "aged 30 to 44", "30 to under 45", "30 to <45", "[30, 45)",
        "30–44.9", "30,0-44,9", "Y30T44", "Y30-44", "30 bis 44 Jahre", "30 bis unter 45 Jahre", "30 tot 45 jaar",
        "30 tot en met 44 jaar", "30 à 44 ans", "30-44 yrs", "30 to 44 years old",
    ],
)  # fmt: skip
def test_a_band_is_known_by_any_usual_name(text: str) -> None:
    assert band_in(text) == Band(30, 45)


@pytest.mark.parametrize(
    ("text", "band"),
    [
        *((text, Band(65, inf)) for text in ("65+", "65 and over", "65 or older", "≥65", ">= 65 years", ">64")),
        *((text, Band(65, inf)) for text in ("65 years and over", "65 ans et plus", "65 Jahre und älter", "Y_GE65")),
        *((text, Band(-inf, 30)) for text in ("<30", "under 30", "younger than 30 years", "≤29", "up to 29", "Y_LT30")),
        *((text, Band(-inf, 30)) for text in ("29 and under", "29 or younger", "unter 30", "moins de 30 ans")),
        ("(29,44]", Band(30, 45)),
        ("0.5 to 0.9", Band(0.5, 1.0)),
        *((text, Band(10_000, 20_000)) for text in ("10,000-19,999", "10 000–19 999", "10000 to 19,999")),
        *((text, Band(65, inf)) for text in ("65 años y más", "65 años o más")),
        ("menores de 15 años", Band(-inf, 15)),
        ("de 15 à 24 ans", Band(15, 25)),
    ],
)  # fmt: skip
def test_open_ends_too(text: str, band: Band) -> None:
    assert band_in(text) == band


@pytest.mark.parametrize(
    "text", ["30", "old", "44-30", "30-44 (12 %)", "Group 1-2", "10.000-19.999", "2021-22x", "65", "", "30-", "yes"]
)
def test_other_texts_are_none(text: str) -> None:
    assert band_in(text) is None


def test_what_bands_are_called_is_read_back() -> None:
    bands = bands_of((0.5, 30, 65))
    assert bands == (Band(-inf, 0.5), Band(0.5, 30), Band(30, 65), Band(65, inf))
    assert [band_in(title_of(band)) for band in bands] == list(bands)


@pytest.mark.parametrize(
    ("own", "told", "same"),
    [
        (Band(-inf, 30), Band(18, 30), True),  # nobody is younger than 18
        (Band(-inf, 30), Band(20, 30), False),
        (Band(65, inf), Band(65, 91), True),  # and nobody older than 90
        (Band(65, inf), Band(65, 90), False),
        (Band(30, 45), Band(30, 44), False),
        (Band(30, 45), Band(-inf, 45), False),
    ],
)
def test_an_end_that_nobody_passes_may_be_told_or_not(own: Band, told: Band, same: bool) -> None:
    assert own.holds(told, 18, 90) == same


def test_numbers_are_cut_at_least_at_the_lower_end_and_below_the_upper_one() -> None:
    cells = ["29.9", "30", "", "44.99", "45"]
    told = banded("age", cells, (30, 45), FILE, range(2, 7))
    assert told == ["under 30", "30 to under 45", "", "30 to under 45", "45 and over"]
    with pytest.raises(DataError, match="column 'age', row 3: 'old' is not a number"):
        banded("age", ["31", "old"], (30,), FILE, [2, 3])


@pytest.mark.parametrize("cuts", [[], [30, 30], [45, 30], "30", [30, "45"], [True], [float("nan")], 30])
def test_cuts_are_numbers_in_order(cuts: object) -> None:
    assert not are_cuts(cuts)
    assert are_cuts([30, 45.5])
