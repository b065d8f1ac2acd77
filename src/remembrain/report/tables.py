"""Cells of tables: every figure with its interval, and a note with the reason for every one that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from remembrain.record.numbers import Number
from remembrain.report.words import NOT_ASSESSED, interval_of, rate_interval, rate_of, tidy, value_of

OfT = TypeVar("OfT")


@dataclass(frozen=True)
class Cell:
    """A figure, with interval and spread over repeats below it, or the letter of the note that says why not."""

    value: str
    interval: str = ""
    spread: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row(Generic[OfT]):
    """One attack or setting with its figures; the number is empty where it has none."""

    number: str
    of: OfT
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table(Generic[OfT]):
    """All rows, with the notes that their cells refer to by letter."""

    headings: tuple[str, ...]
    rows: tuple[Row[OfT], ...]
    notes: tuple[tuple[str, str], ...]


class Notes:
    """The reasons of figures that are missing, each once, by letter; makes the cells of one table."""

    def __init__(self) -> None:
        self.letters: dict[str, str] = {}

    def missing(self, why: str) -> Cell:
        """Return a cell without a figure."""
        reason = why or "no reason is recorded"
        return Cell(NOT_ASSESSED, note=self.letters.setdefault(reason, _letter(len(self.letters))))

    def number(self, number: Number, *, sign: bool = False) -> Cell:
        """Return a number with its interval."""
        if not number.known:
            return self.missing(number.why)
        return Cell(value_of(number, sign=sign), interval_of(number, sign=sign))

    def share(self, number: Number, spread: str = "") -> Cell:
        """Return a share in per cent with its interval."""
        if not number.known:
            return self.missing(number.why)
        return Cell(rate_of(number), rate_interval(number), spread)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Every letter with its reason."""
        return tuple((letter, tidy(why)) for why, letter in self.letters.items())


def _letter(place: int) -> str:
    """Return a, b, ..., z, aa, ab, ..."""
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("a") + place % 26)
