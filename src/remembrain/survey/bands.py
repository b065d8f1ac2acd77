"""Bands of a number, such as of age, as tables are published by them: cut from numbers, and known by any usual name.

A band is at least its lower end and below its upper one. Knows texts, and no question and no table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf, isfinite
from pathlib import Path

from remembrain._text import shown
from remembrain.cohort.numbers import number
from remembrain.errors import DataError


@dataclass(frozen=True)
class Band:
    """All numbers from ``low`` on that are below ``high``."""

    low: float
    high: float

    def holds(self, other: Band, least: float, most: float) -> bool:
        """Tell whether another band is this one, where numbers run from ``least`` to ``most`` alone.

        An end that nobody passes may be told or not: *18 to 29* is *under 30* where the youngest is 18.
        """
        low = other.low == self.low or (self.low == -inf and other.low <= least)
        high = other.high == self.high or (self.high == inf and other.high > most)
        return low and high


def bands_of(cuts: Sequence[float]) -> tuple[Band, ...]:
    """Return the bands between numbers in order, and those below and above all of them."""
    return tuple(Band(low, high) for low, high in pairwise((-inf, *cuts, inf)))


def title_of(band: Band) -> str:
    """Return what a band is called: *under 30*, *30 to under 45*, *65 and over*."""
    if band.low == -inf:
        return f"under {band.high:g}"
    return f"{band.low:g} and over" if band.high == inf else f"{band.low:g} to under {band.high:g}"


def banded(name: str, cells: Sequence[str], cuts: Sequence[float], where: Path, rows: Sequence[int]) -> list[str]:
    """Return the title of everybody's band; nothing where there is no number.

    Parameters
    ----------
    name, cells
        The column of numbers, as text; empty where there is no answer.
    cuts
        Where a band ends and the next begins, in order.
    where, rows
        The file, and in which of its rows the cells stand.

    Raises
    ------
    DataError
        Where a cell is no number, naming the row.
    """
    bands, titles = bands_of(cuts), {"": ""}
    for row, cell in zip(rows, cells, strict=True):
        if cell not in titles:
            value = number(cell)
            if value is None:
                what = f"column {shown(name)!r}, row {row}: {shown(cell)!r} is not a number"
                raise DataError(what, where=where, expected="numbers, for bands are cut from them")
            titles[cell] = next(title_of(band) for band in bands if band.low <= value < band.high)
    return [titles[cell] for cell in cells]


_NUMBER = r"(\d+(?:[.,]\d+)?)"
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d.,])|(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?![\d.,])")
_EITHER = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.,])")
"""Thousands, or three decimals: no band is known of these."""
_UNIT = re.compile(
    r"\b(?:aged?|years?(?:\s+(?:old|of age))?|yrs?|y(?:/?o)?|jahren?|ans|år|jaar|años|anni|vuotta|lat)\b"
    r"(?!\s+(?:más|mayores))\.?",
    re.IGNORECASE,
)
_AND = r"(?:and|or|und|oder|et|ou|en|of|och|eller|og|y|o|e|ja)"
_MORE = "over|above|older|more|up|mehr|älter|plus|ouder|meer|äldre|eldre|ældre|más|mayores|oltre|più"
_OVER = rf"(?:\+|plus|{_AND}\s+(?:{_MORE}))"
_UNDER = rf"{_AND}\s+(?:under|below|younger|less|fewer|weniger|jünger|moins|jonger|yngre|menos|meno)"
_FORMS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "within": rf"(?:de )?{_NUMBER}\s*(?:-|to|bis|till?|tot en met|t/m|à|a)\s*{_NUMBER}",
        "below": rf"{_NUMBER}\s*(?:(?:-|to|bis)\s*(?:<|under|below|less than|unter)|tot)\s*{_NUMBER}",
        "interval": rf"([\[(])\s*{_NUMBER}\s*[,;]\s*{_NUMBER}\s*([\])])",
        "from": rf"(?:>=|≥|⩾|ab|from|at least|y_?ge)\s*{_NUMBER}|{_NUMBER}\s*{_OVER}",
        "more than": rf"(?:>|over|above|older than|more than|über|plus de|y_?gt)\s*{_NUMBER}",
        "under": rf"(?:<|under|below|younger than|less than|unter|moins de|onder|men(?:os|ores) de|y_?lt)\s*{_NUMBER}",
        "up to": rf"(?:<=|≤|⩽|up to|at most|bis|jusqu'à|y_?le)\s*{_NUMBER}|{_NUMBER}\s*{_UNDER}",
        "code": rf"y{_NUMBER}(?:t|-){_NUMBER}",
    }.items()
}


@lru_cache(2**12)
def band_in(text: str) -> Band | None:
    """Return the band that a text names, if that is all it says: ``30–44``, ``30 to 44 years``, ``65+``, ``Y_GE65``.

    An upper end that is meant with it, as usual, ends at the next number of as many decimals: 30 to 44 below 45, 25 to
    29.9 below 30.
    """
    plain = re.sub(r"[‐‑‒–—−]", "-", text.strip().casefold())
    plain = " ".join(_UNIT.sub(" ", plain).split())
    plain = _THOUSANDS.sub(lambda match: re.sub(r"\D", "", match[0]), plain)
    if _EITHER.search(plain):
        return None
    for name, pattern in _FORMS.items():
        found = pattern.fullmatch(plain)
        if found is not None:
            band = _read(name, [part for part in found.groups() if part])
            return band if band.low < band.high else None
    return None


def _read(name: str, said: Sequence[str]) -> Band:
    """Return the band of a form, from what it says."""
    if name == "interval":
        opened, low, high, closed = said
        return Band(_next(low) if opened == "(" else _value(low), _next(high) if closed == "]" else _value(high))
    if name in ("within", "code"):
        return Band(_value(said[0]), _next(said[1]))
    if name == "below":
        return Band(_value(said[0]), _value(said[1]))
    if name in ("from", "more than"):
        return Band(_value(said[0]) if name == "from" else _next(said[0]), inf)
    return Band(-inf, _value(said[0]) if name == "under" else _next(said[0]))


def _value(said: str) -> float:
    """Return a number."""
    return float(said.replace(",", "."))


def _next(said: str) -> float:
    """Return the next number of as many decimals."""
    decimals = len(said.replace(",", ".").partition(".")[2])
    return round(_value(said) + 10.0**-decimals, decimals)


def are_cuts(value: object) -> bool:
    """Tell whether a declared value is numbers in order, each once."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return False
    numbers = [one for one in value if isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one)]
    return len(numbers) == len(value) and all(low < high for low, high in pairwise(numbers))
