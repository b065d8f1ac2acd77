"""Published cells by which of their questions stand at a level, at everybody, or at no answer.

The rows of one table that are of a question, its totals and its missing answers are told apart here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from jaxtyping import Float, Int

from remembrain.survey.published.cells import NO_ANSWER, Cells
from remembrain.survey.published.vocabulary import STRANGE

_LEVEL, _EVERYBODY, _NO_ANSWER = 1, 0, 2


@dataclass(frozen=True, eq=False)
class Source:
    """One published table of one kind of number."""

    cells: Cells

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Questions that its rows are of."""
        return tuple(self.cells.place)

    @cached_property
    def _rows(self) -> dict[tuple[int, ...], Int[np.ndarray, "row"]]:
        """Rows by what each question stands at; rows of strange levels are in none."""
        kind = np.zeros(len(self.cells.numbers.value), dtype=np.int32)
        usable = np.ones(len(kind), dtype=bool)
        for place in self.cells.place.values():
            kind = kind * 3 + np.where(place >= 0, _LEVEL, np.where(place == NO_ANSWER, _NO_ANSWER, _EVERYBODY))
            usable &= place != STRANGE
        kind[~usable] = -1
        found = {}
        for number in np.flatnonzero(np.bincount(kind[usable])).tolist():
            digits = tuple(number // 3**power % 3 for power in range(len(self.names) - 1, -1, -1))
            found[digits] = np.flatnonzero(kind == number)
        return found

    def levels(self, name: str) -> int:
        """Return how many levels of a question are there at least."""
        return int(self.cells.place[name].max(initial=0)) + 1

    def rows(self, levels: Collection[str], no_answer: Collection[str] = ()) -> Int[np.ndarray, "row"]:
        """Return the rows at levels of these questions, at no answer of others, and at everybody of the rest."""
        key = tuple(
            _LEVEL if name in levels else _NO_ANSWER if name in no_answer else _EVERYBODY for name in self.names
        )
        return self._rows.get(key, np.zeros(0, dtype=np.int64))

    def places(self, rows: Int[np.ndarray, "row"], names: Sequence[str], sizes: Sequence[int]) -> np.ndarray:
        """Return in which cell of a table of these questions each row is."""
        found = np.zeros(len(rows), dtype=np.int64)
        for name, size in zip(names, sizes, strict=True):
            found = found * size + self.cells.place[name][rows]
        return found

    def unanswered(self, within: Sequence[str], asked: Sequence[str]) -> Int[np.ndarray, "row"]:
        """Return the rows of people who gave no answer to at least one of these questions, at levels of the others."""
        rows = [
            self.rows([*within, *(name for name, none in zip(asked, choice, strict=True) if not none)], missing)
            for choice in product((False, True), repeat=len(asked))
            if (missing := [name for name, none in zip(asked, choice, strict=True) if none])
        ]
        return np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)

    def cube(self, sizes: Sequence[int]) -> tuple[Float[np.ndarray, "*level"], np.ndarray]:
        """Return its numbers by levels, with a last place for no answer; 0 and False where there is no row."""
        shape = tuple(size + 1 for size in sizes)
        value, there = np.zeros(shape), np.zeros(shape, dtype=bool)
        for digits, rows in self._rows.items():
            if _EVERYBODY in digits:
                continue
            at = tuple(
                np.where(place[rows] == NO_ANSWER, size, place[rows])
                for place, size in zip(self.cells.place.values(), sizes, strict=True)
            )
            value[at], there[at] = self.cells.numbers.value[rows], True
        return value, there
