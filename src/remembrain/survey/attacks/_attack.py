"""What an attack on tables is, and those that add up one number a cell."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float

from remembrain.survey.view import View
from remembrain.types import Access, Declared, Knows


class TableAttack(Declared, Protocol):
    """A rule that gives each person one score; higher means *took part*, above 0 decides it."""

    def score(self, view: View, rng: np.random.Generator) -> Float[np.ndarray, "person"]:
        """Return one finite number a person."""


NEEDS = ("answers", "tables", "reference")


@dataclass(frozen=True)
class Additive:
    """An attack that adds up a term for every table that the person answered.

    Cells that are suppressed and answers that are missing or unknown add nothing.
    """

    access: Access = "published tables"
    knows: Knows = "population"
    needs: tuple[str, ...] = NEEDS

    @abstractmethod
    def of_answers(self, view: View) -> Float[np.ndarray, "person table"]:
        """Return the term of every table of shares; what stands in the columns of means is not used."""

    @abstractmethod
    def of_mean(
        self,
        x: Float[np.ndarray, "person table"],
        f: Float[np.ndarray, "person table"],
        q: Float[np.ndarray, "person table"],
        variance: Float[np.ndarray, "person table"],
    ) -> Float[np.ndarray, "person table"]:
        """Return the term of each mean."""

    def parts(self, view: View) -> Float[np.ndarray, "person table"]:
        """Return what each table adds to each person's score."""
        found = self.of_answers(view)
        means = np.array([not one.counted for one in view.layout.tables])
        if means.any():
            q, variance = (view.of_cells(entries) for entries in (view.reference.share, view.reference.variance))
            published = view.of_cells(view.published)
            told = np.nan_to_num(self.of_mean(view.values, published, q, np.maximum(variance, 1e-12)))
            found = np.where(means & (view.cells >= 0), told, np.where(means, 0.0, found))
        return found

    def score(self, view: View, rng: np.random.Generator) -> Float[np.ndarray, "person"]:  # noqa: ARG002
        """Return the sum over tables."""
        return np.asarray(self.parts(view).sum(axis=1))


@dataclass(frozen=True)
class CellByCell(Additive):
    """An attack whose term of a table is itself a sum over the cells of the person's block.

    Since a person stands in one cell of a block, its terms add up to the sum over the block of the terms of those who
    do not stand in the cell, with that one cell's exchanged: cost grows with cells plus people times tables.
    """

    @abstractmethod
    def of_share(self, x: float, f: Float[np.ndarray, "*batch cell"], view: View) -> Float[np.ndarray, "*batch cell"]:
        """Return the term of every share where the person stands in the cell (x = 1) or not (0)."""

    def of_answers(self, view: View) -> Float[np.ndarray, "person table"]:
        """Return the sum over the cells of the person's block."""
        with np.errstate(divide="ignore", invalid="ignore"):
            out, inside = (np.nan_to_num(self.of_share(x, view.published, view)) for x in (0.0, 1.0))
        return view.of_cells(view.layout.add_up(out) - out + inside)
