"""The plain type of every form: columns of cells as text, a row a cell, and what was made of them.

A column has each different text once, so that millions of cells are looked at as fast as a few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from remembrain.cohort.numbers import Decimal, number
from remembrain.survey.published.words import Measure, status_of, without_flag

TOTAL, NO_ANSWER = -1, -2
"""Places of rows of everybody, and of people who gave no answer, among the places of levels."""
OF_MEAN = "?"
"""Of which question people are counted who stand beside a mean, until that is known."""
_PLAIN = r"^[+-]?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True, eq=False)
class Column:
    """A column of text: which of the different ``texts`` stands in each row; ``also`` are other names of these."""

    code: Int[np.ndarray, "row"]
    texts: Any
    also: tuple[str, ...] = ()

    @classmethod
    def of(cls, cells: Sequence[str]) -> Column:
        """Return a column of these cells."""
        code, texts = pd.factorize(np.array(cells, dtype=object))
        return cls(code.astype(np.int32), pa.array(texts.tolist(), pa.string()))

    @classmethod
    def constant(cls, text: str, rows: int) -> Column:
        """Return a column that says the same in every row."""
        return cls(np.zeros(rows, dtype=np.int32), pa.array([text]))

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: Int[np.ndarray, "taken"]) -> Column:
        """Return these rows, with the texts that stand in them."""
        code = self.code[rows]
        kept = np.flatnonzero(np.bincount(code, minlength=len(self.texts)))
        place = np.zeros(len(self.texts), dtype=np.int32)
        place[kept] = np.arange(len(kept))
        also = tuple(self.also[one] for one in kept) if self.also else ()
        return Column(place[code], self.texts.take(pa.array(kept)), also)

    @property
    def listed(self) -> list[str]:
        """The different texts."""
        return list(self.texts.to_pylist())

    def text(self, row: int) -> str:
        """Return the text of a row."""
        return str(self.texts[int(self.code[row])].as_py())

    @property
    def filled(self) -> np.ndarray:
        """Whether something stands in each row."""
        some = np.asarray(pc.not_equal(self.texts, "").to_numpy(zero_copy_only=False), dtype=bool)
        return np.asarray(some[self.code])


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers that are told, NaN where none is; the most decimals they are written with, and what stood instead.

    ``percent`` where every number has its sign behind it; ``strangers`` are texts that are neither number nor mark;
    ``own`` are the decimals of each number, where its text is known.
    """

    value: Float[np.ndarray, "row"]
    places: int = 0
    percent: bool = False
    marks: Counter[str] = field(default_factory=Counter)
    strangers: tuple[tuple[int, str], ...] = ()
    own: Int[np.ndarray, "row"] | None = None

    @property
    def half(self) -> Float[np.ndarray, "row"]:
        """Half the last place of each number: as it is written, or no less than it can be."""
        return half_places(self.value) if self.own is None else 0.5 * 10.0 ** -self.own.astype(float)

    def take(self, rows: Int[np.ndarray, "taken"]) -> Numbers:
        """Return the numbers of these rows, none of which is a stranger."""
        own = None if self.own is None else self.own[rows]
        return Numbers(self.value[rows], self.places, self.percent, self.marks, own=own)


@dataclass(frozen=True, eq=False)
class Told:
    """What one column of numbers tells: of which kind, and of which question where it is a mean and one is named."""

    measure: Measure
    numbers: Numbers
    about: str = ""

    def of_mean(self, question: str) -> Told:
        """Return the same of a mean of this question, or of the people that it is of."""
        return Told("mean" if self.measure == "value" else self.measure, self.numbers, question)

    def of_people(self) -> Told:
        """Return the same of people, and of no mean."""
        return Told(self.measure, self.numbers)


@dataclass(frozen=True, eq=False)
class Long:
    """Rows of a table, a cell each: columns by heading, what is told, the line of each row, and what stands around."""

    where: str
    columns: Mapping[str, Column]
    told: tuple[Told, ...]
    line: Int[np.ndarray, "row"] | None = None
    context: str = ""


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that were published together: by question the place of the level that each is of, and one number each.

    ``about`` is the question of numbers whose mean they are, or the people of whose mean they count. TOTAL and
    NO_ANSWER stand among places. ``table`` is the one table of the release that they are of, where their file says so;
    ``aside`` are the people of groups, which headings of every paper's table say.
    """

    where: str
    measure: Measure
    about: str
    place: Mapping[str, Int[np.ndarray, "cell"]]
    numbers: Numbers
    line: Int[np.ndarray, "cell"] | None = None
    table: str = ""
    aside: bool = False

    def at(self, cell: int) -> str:
        """Return where a cell stands, for messages."""
        return self.where if self.line is None else f"{self.where} line {int(self.line[cell])}"


def read_numbers(column: Column, decimal: Decimal = ".") -> Numbers:
    """Read a column of numbers: plain ones at once, and the rest by the rules of all tables."""
    texts = column.texts
    plain = pc.match_substring_regex(texts, _PLAIN) if decimal == "." else pa.array([False] * len(texts))
    is_plain = plain.to_numpy(zero_copy_only=False).astype(bool)
    value = np.full(len(texts), np.nan)
    own = np.zeros(len(texts), dtype=np.int64)
    if is_plain.any():
        written = texts.filter(plain)
        value[is_plain] = pc.cast(written, pa.float64()).to_numpy(zero_copy_only=False)
        point = pc.find_substring(written, ".").to_numpy(zero_copy_only=False)
        after = pc.binary_length(written).to_numpy(zero_copy_only=False) - 1 - point
        own[is_plain] = np.where(point >= 0, after, 0)
    marks: dict[int, str] = {}
    strange: dict[int, str] = {}
    signed = 0
    for place in np.flatnonzero(~is_plain).tolist():
        text = texts[place].as_py() or ""
        mark = status_of(text)
        if mark is not None and number(text, decimal) is None:
            marks[place] = mark
            continue
        bare = without_flag(text)
        signed += bare.endswith("%")
        bare = bare.removesuffix("%").strip()
        found = number(bare, decimal)
        if found is None:
            strange[place] = text
        else:
            value[place] = found
            own[place] = _places(bare, decimal)
    times = np.bincount(column.code, minlength=len(texts))
    counted = Counter[str]()
    for place, mark in marks.items():
        counted[mark] += int(times[place])
    told = int(np.isfinite(value).sum())
    rows = _first_rows(column.code, strange)
    places, percent = int(own.max(initial=0)), bool(told) and signed == told
    return Numbers(value[column.code], places, percent, counted, rows, own[column.code])


def of_floats(values: Iterable[float | None], places: int | None = None) -> Numbers:
    """Return numbers that a file has as such."""
    value = np.array([np.nan if one is None else one for one in values], dtype=float)
    return Numbers(value, decimals(value) if places is None else places)


def decimals(value: Float[np.ndarray, "row"]) -> int:
    """Return with how many decimals numbers have to be written, at most 12."""
    known = value[np.isfinite(value)]
    for places in range(12):
        if np.all(np.abs(known - known.round(places)) <= 1e-13 * np.maximum(np.abs(known), 1)):
            return places
    return 12


def half_places(value: Float[np.ndarray, "row"]) -> Float[np.ndarray, "row"]:
    """Return half the last place of each number that is not 0 there: where zeros stand behind it, more than is true."""
    half = np.full(value.shape, 0.5e-12)
    for places in reversed(range(12)):
        short = np.abs(value - value.round(places)) <= 1e-13 * np.maximum(np.abs(value), 1)
        half = np.where(short, 0.5 * 10.0**-places, half)
    return half


def _places(text: str, decimal: Decimal) -> int:
    """Return how many decimal places a number is written with; one with an exponent as many as there can be."""
    return 16 if "e" in text.casefold() else len(text.partition(decimal)[2])


def _first_rows(code: Int[np.ndarray, "row"], strange: Mapping[int, str]) -> tuple[tuple[int, str], ...]:
    """Return the first row in which each of these texts stands."""
    return tuple((int(np.argmax(code == place)), text) for place, text in strange.items())
