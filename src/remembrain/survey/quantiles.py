r"""Medians and other quantiles, and how each is the share of people on one side of it.

A quantile m published at level p says that the mean over the n people of

.. math:: g(x) = 1[x < m] + 1[x = m] / 2

is p, or ((n - 1) p + 1/2) / n where it is interpolated between the order statistics beside (n - 1) p, as NumPy does
(definition 7 of Hyndman & Fan 1996, Am. Stat. 50:361); by at most half a person it may be more or less. Where m is told
to a last place, everybody within half of it is tied with m: nobody knows on which side of the true one they stand, so
half of each counts. Of n people, the one whose number m is and about n T others of the population's share T are tied,
and m's is at any place among them: p is off by (T^2 + 3 T / n + 1 / n^2) / 12 as a variance, the last part of it for
what lies between two people.

Where (n - 1) p is whole, m is somebody's very number. Who has it took part with a chance that is larger by
1 + (1 - T) / (n T): of measurements with many decimals nobody else has it.

Of answers on a scale of few numbers T is not small: many people are tied, and m says how many of n are below it at
most, and up to it at least. How likely that is, and how likely if one of them is known, are binomial tails; what each
side of m is worth is then the logarithm of their ratio, and stands in place of g. This module must not know any attack.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import special, stats

from remembrain.survey.counting import mean_of, sums_of
from remembrain.survey.layout import Table

_FINE = 1e-9
"""Numbers that differ by such a part of themselves are the same."""
_MOST_PARTS = 100
_FEWEST_TIED = 10
"""People of the reference who are tied with a number, below whom their share is not known well enough."""
_LEAST_LIKELY = 1e-9
"""Chance of what is told below which the reference is not of its population."""


def quantiles_of(
    table: Table, cell: Int[np.ndarray, "person"], value: Float[np.ndarray, "person"]
) -> Float[np.ndarray, "cell"]:
    """Return the quantile of each cell of a table; NaN where nobody stands there."""
    own = [value[cell == place] for place in range(table.start, table.stop)]
    return np.array([np.quantile(each, table.level or 0.5) if len(each) else np.nan for each in own])


@dataclass(frozen=True, eq=False)
class Cuts:
    """A published table of a quantile: its numbers, half the last place of each, and of how many people it is."""

    table: Table
    at: Float[np.ndarray, "cell"]
    half: Float[np.ndarray, "cell"]
    people: Float[np.ndarray, "cell"]

    @classmethod
    def of(
        cls,
        table: Table,
        share: Float[np.ndarray, "cell"],
        blur: Float[np.ndarray, "cell"],
        base: Float[np.ndarray, "cell"],
    ) -> Cuts:
        """Return those of a release; the blur of a number that is told to a last place h is h^2 / 12."""
        own = slice(table.start, table.stop)
        at = share[own]
        return cls(table, at, np.sqrt(3 * blur[own]) + _FINE * (1 + np.abs(np.nan_to_num(at))), base[own])

    @property
    def told(self) -> Float[np.ndarray, "cell"]:
        """What is told of the mean of g."""
        p = self.table.level or 0.5
        return np.where(np.isnan(self.at), np.nan, p + (0.5 - p) / np.maximum(self.people, 1.0))

    def side(
        self, cell: Int[np.ndarray, "person"], value: Float[np.ndarray, "person"]
    ) -> tuple[Float[np.ndarray, "person"], Bool[np.ndarray, "person"]]:
        """Return g of each person, 0 of who stands in no cell that is told, and whether they are tied with m."""
        at, half, there = self._beside(cell)
        tied = there & (np.abs(value - at) <= half)
        return np.where(there, np.where(tied, 0.5, (value < at).astype(float)), 0.0), tied

    def expected(
        self,
        cell: Int[np.ndarray, "person"],
        value: Float[np.ndarray, "person"],
        rest: Float[np.ndarray, "cell"],
    ) -> Float[np.ndarray, "person"]:
        """Return g as it is expected of numbers around ``value``, whose variance is ``rest`` of each cell."""
        at, _, there = self._beside(cell)
        spread = np.sqrt(np.maximum(rest[np.maximum(cell, 0)], 1e-300))
        return np.where(there, special.ndtr((at - value) / spread), 0.0)

    def tied_among(
        self, cell: Int[np.ndarray, "person"], tied: Bool[np.ndarray, "person"], n_cells: int, more: float = 0.0
    ) -> Float[np.ndarray, "cell"]:
        """Return the share of people of each cell who are tied; ``more`` of a person is added to them and to others."""
        own = slice(self.table.start, self.table.stop)
        people = sums_of(cell, np.ones(len(cell)), n_cells)[own]
        return np.asarray(
            np.nan_to_num(mean_of(sums_of(cell, tied.astype(float), n_cells)[own] + more, people + 2 * more))
        )

    def blur(self, tied: Float[np.ndarray, "cell"]) -> Float[np.ndarray, "cell"]:
        """Return the variance of what is told of g, where a share of people is ``tied``."""
        one = 1 / np.maximum(self.people, 1.0)
        return np.asarray((tied**2 + 3 * tied * one + one**2) / 12)

    def which_side(
        self, cell: Int[np.ndarray, "person"], value: Float[np.ndarray, "person"]
    ) -> Int[np.ndarray, "person"]:
        """Return 0 of whose number is below that of their cell, 1 where they are tied, and 2 above."""
        at, half, _ = self._beside(cell)
        return np.where(np.abs(value - at) <= half, 1, np.where(value < at, 0, 2))

    def worth(
        self, cell: Int[np.ndarray, "person"], value: Float[np.ndarray, "person"], n_cells: int
    ) -> tuple[Float[np.ndarray, "3 cell"], Float[np.ndarray, "3 cell"]]:
        """Return how much likelier what is told is if one person is known to be below m, at it or above, as logarithms.

        Parameters
        ----------
        cell, value
            Of the people of the reference.
        n_cells
            Of all tables.

        Returns
        -------
        worth, share
            By side; NaN of cells whose ties are no more than chance moves a share by, which g tells as well. And the
            reference's share of people on each side, with half a person more.
        """
        _, _, there = self._beside(cell)
        side, own = self.which_side(cell, value), slice(self.table.start, self.table.stop)
        inside = np.where(there, cell, -1)
        people = np.stack([sums_of(inside, (side == one).astype(float), n_cells)[own] for one in range(3)])
        share = (people + 0.5) / (people.sum(axis=0) + 1.5)
        n = np.round(np.maximum(np.nan_to_num(self.people, nan=1.0), 1.0))
        place = (n - 1) * (self.table.level or 0.5)
        exact = self.half <= 2 * _FINE * (1 + np.abs(np.nan_to_num(self.at)))
        below = np.floor(np.where(exact, place + _FINE * n, place + 0.5))
        through = below + 1 + (exact & (place - below > _FINE * n))
        low, high = share[0], share[0] + share[1]
        before = _likelihood(n, below, through, low, high)
        after = np.stack(
            [
                _likelihood(n - 1, below - 1, through - 1, low, high),
                _likelihood(n - 1, below, through - 1, low, high),
                _likelihood(n - 1, below, through, low, high),
            ]
        )
        coarse = (
            (people[1] >= _FEWEST_TIED) & (share[1] ** 2 * n >= 1) & (before > _LEAST_LIKELY) & np.isfinite(self.at)
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = np.log(np.maximum(after, _LEAST_LIKELY * before)) - np.log(before)
        return np.where(coarse, worth, np.nan), share

    def coincidence(
        self, cell: Int[np.ndarray, "person"], tied: Bool[np.ndarray, "person"], chance: Float[np.ndarray, "cell"]
    ) -> Float[np.ndarray, "person"]:
        """Return by how much more likely who took part has the very number that is told, or not, as a logarithm.

        ``chance`` is that of people of the population, which is never 0.
        """
        n, p = np.maximum(self.people, 1.0), self.table.level or 0.5
        whole = np.abs((n - 1) * p - np.round((n - 1) * p)) < _FINE * n
        somebodys = np.where(whole, 1.0, 1.0 / Fraction(p).limit_denominator(_MOST_PARTS).denominator)
        ahead = np.minimum(chance + somebodys * (1 - chance) / n, 1 - _FINE)
        at = np.maximum(cell - self.table.start, 0)
        _, _, there = self._beside(cell)
        ratio = np.where(tied, np.log(ahead / chance)[at], np.log((1 - ahead) / (1 - chance))[at])
        return np.where(there, ratio, 0.0)

    def _beside(
        self, cell: Int[np.ndarray, "person"]
    ) -> tuple[Float[np.ndarray, "person"], Float[np.ndarray, "person"], Bool[np.ndarray, "person"]]:
        """Return the number told of each person's cell, half its last place, and whether there is one."""
        at = np.maximum(cell - self.table.start, 0)
        return np.nan_to_num(self.at[at]), self.half[at], (cell >= 0) & np.isfinite(self.at[at])


def _likelihood(
    n: Float[np.ndarray, "cell"],
    below: Float[np.ndarray, "cell"],
    through: Float[np.ndarray, "cell"],
    low: Float[np.ndarray, "cell"],
    high: Float[np.ndarray, "cell"],
) -> Float[np.ndarray, "cell"]:
    """Return how likely of n people at most ``below`` are below a number, and at least ``through`` up to it.

    ``low`` and ``high`` are the population's shares of both; ``through`` is at most two more than ``below``.
    """
    chance = stats.binom.cdf(below, n, low) - stats.binom.cdf(through - 1, n, high)
    one = below + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        ways = special.gammaln(n + 1) - special.gammaln(one + 1) - special.gammaln(n - one + 1)
        both = np.exp(ways + special.xlogy(one, low) + special.xlog1py(n - one, -high))
    both = np.where((through == below + 2) & (one >= 0) & (one <= n), np.nan_to_num(both), 0.0)
    return np.asarray(np.maximum(chance + both, 0.0))
