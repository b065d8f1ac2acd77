r"""Which whole numbers can have a published mean and standard deviation: how many gave each, at most and at least.

How often each number v was given, c_v >= 0 and whole, is bound by

.. math:: \sum_v c_v = n, \quad \sum_v v c_v = S, \quad \sum_v v^2 c_v \in (n - 1) s^2 + S^2 / n,

where S is one of the few whole sums that the mean, as far as it is rounded, allows (Brown & Heathers 2017, Soc.
Psychol. Personal. Sci. 8:363), and s lies between the ends that the rounded standard deviation allows (Anaya 2016;
Heathers et al. 2018). All data sets that make the numbers are asked at once, by integer programs (Wilner, Wood & Simons
2018 list them instead). Parts of people that overlap, such as groups and everybody, are one program of more summaries.

A quantile tells how many numbers lie below it at most, and up to it at least. No number is further from the mean of n
than s (n - 1) / sqrt(n) (Samuelson 1968, JASA 63:1522), whole or not.
This module must not know any table, nor any person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import optimize, sparse

MOST_SUMS = 200
"""Sums that a rounded mean allows; with more, it says next to nothing of single people."""
MOST_NUMBERS = 60
"""How often so many numbers were given is asked in one program, over all its parts."""
NODES = 500
"""Of a search, for one question to the solver, however long it takes; what is not proven by then is not claimed."""
_FINE = 1e-9
"""By how much numbers are off that are told in full, of their own size: in the ten digits of tables of this program."""
_WHOLE = 1e-3
"""What the solver proves of a whole number is taken as proven from so far above the next lower one."""


@dataclass(frozen=True)
class Quantile:
    """What a quantile tells: the number at place ``first`` of their order (from 1) is no higher than ``most``.

    The number at place ``last`` is no lower than ``least``.
    """

    first: int
    last: int
    least: float
    most: float

    @classmethod
    def of(cls, n: int, level: float, at: float, half: float, *, own: bool) -> Quantile:
        """Return what a quantile of n numbers tells, with half of its last place.

        This program's own, and every median, lie between the numbers at the places beside 1 + (n - 1) p; those of
        somebody else by any of the definitions of Hyndman & Fan (1996), between n p - 1/2 and n p + 1.
        """
        room = half + _FINE * (1 + abs(at))
        place = 1 + (n - 1) * level
        low, high = (place, place) if own or level == 0.5 else (n * level - 0.5, n * level + 1)
        first, last = max(math.floor(low + _FINE * n), 1), min(math.ceil(high - _FINE * n), n)
        return cls(first, last, at - room, at + room)

    def told_of(self, numbers: Int[np.ndarray, "number"], times: Float[np.ndarray, "number"]) -> bool:
        """Tell whether numbers that were given so often have it."""
        below, up_to = times[numbers < self.least].sum(), times[numbers <= self.most].sum()
        return bool(up_to >= self.first and below <= self.last - 1)


@dataclass(frozen=True)
class Summary:
    """What is told of the numbers of ``n`` people: ends of their mean and of their standard deviation (of n - 1).

    ``low`` and ``high`` are ends of the numbers themselves, infinite where none are known; ``quantiles`` what is told
    of numbers in their order.
    """

    n: int
    mean: tuple[float, float]
    sd: tuple[float, float] = (0.0, math.inf)
    low: float = -math.inf
    high: float = math.inf
    quantiles: tuple[Quantile, ...] = ()

    @classmethod
    def of(
        cls,
        n: int,
        mean: tuple[float, float],
        sd: tuple[float, float] = (math.nan, 0.0),
        ends: tuple[float, float] = (-math.inf, math.inf),
        quantiles: tuple[Quantile, ...] = (),
    ) -> Summary:
        """Return what is told by a mean and a standard deviation, each with half of its last place; NaN if not told."""
        size = _FINE * (abs(mean[0]) + (0.0 if math.isnan(sd[0]) else sd[0]))
        about = (mean[0] - mean[1] - size, mean[0] + mean[1] + size)
        spread = (max(sd[0] - sd[1] - size, 0.0), sd[0] + sd[1] + size)
        return cls(n, about, (0.0, math.inf) if math.isnan(sd[0]) else spread, *ends, quantiles)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Between which ends every number lies: the known ones, those of a sum of all others, and Samuelson's."""
        low, high, n = self.low, self.high, self.n
        room = _FINE * (abs(self.mean[0]) + abs(self.mean[1]))
        away = self.sd[1] * (n - 1) / math.sqrt(n) if n > 1 else 0.0
        least = max(low, self.mean[0] - away - room)
        most = min(high, self.mean[1] + away + room)
        if n > 1:
            least = max(least, n * self.mean[0] - (n - 1) * high - n * room)
            most = min(most, n * self.mean[1] - (n - 1) * low + n * room)
        return least, most

    @property
    def sums(self) -> range:
        """The whole sums that the mean allows."""
        room = _FINE * max(1.0, self.n * max(map(abs, self.mean)))
        return range(math.ceil(self.n * self.mean[0] - room), math.floor(self.n * self.mean[1] + room) + 1)

    def squares(self, total: int, centre: int) -> tuple[float, float]:
        """Return the least and the greatest whole sum of squares about a whole number, of numbers of a sum."""
        around = (total - self.n * centre) ** 2 / self.n
        least, most = ((self.n - 1) * end**2 + around for end in self.sd)
        room = _FINE * max(1.0, least)
        more = _FINE * max(1.0, most) if math.isfinite(most) else 0.0
        return math.ceil(least - room), (math.floor(most + more) if math.isfinite(most) else math.inf)


@dataclass(frozen=True, eq=False)
class WholeNumbers:
    """All ways in which people of some parts can have given ``numbers``, and ``summaries`` of parts together.

    ``entries`` has how often each number was given in each part, row by row. ``sums`` are the sums that are left of
    each summary.
    """

    numbers: Int[np.ndarray, "number"]
    allowed: Bool[np.ndarray, "part number"]
    summaries: tuple[tuple[Summary, Bool[np.ndarray, "part"]], ...]
    sums: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, parts: int, summaries: Sequence[tuple[Summary, Bool[np.ndarray, "part"]]]) -> WholeNumbers | None:
        """Return the program; nothing where it would be too large, or no whole numbers have such summaries."""
        least, most = np.full(parts, -np.inf), np.full(parts, np.inf)
        for summary, of_parts in summaries:
            least[of_parts] = np.maximum(least[of_parts], summary.ends[0])
            most[of_parts] = np.minimum(most[of_parts], summary.ends[1])
        if not (np.isfinite(least).all() and np.isfinite(most).all()):
            return None
        first, last = math.ceil(least.min()), math.floor(most.max())
        if last < first or parts * (last - first + 1) > MOST_NUMBERS:
            return None
        if any(len(summary.sums) > MOST_SUMS for summary, _ in summaries):
            return None
        numbers = np.arange(first, last + 1)
        sums = tuple(_possible(summary, first, last) for summary, _ in summaries)
        if not all(sums):
            return None
        allowed = (numbers >= least[:, None]) & (numbers <= most[:, None])
        return cls(numbers, allowed, tuple(summaries), sums)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return int(self.allowed.size)

    @property
    def fewest_people(self) -> int:
        """How many people the smallest summary is of."""
        return min(summary.n for summary, _ in self.summaries)

    def entries(self, of_parts: Bool[np.ndarray, "part"], number: int) -> Bool[np.ndarray, "entry"]:
        """Return the entries of a number in some parts."""
        return np.asarray((of_parts[:, None] & (self.numbers == number)).ravel())

    def most(self, there: Bool[np.ndarray, "entry"]) -> tuple[float, Float[np.ndarray, "entry"] | None]:
        """Return how many people at most gave numbers of these entries, infinite if not proven, and a way they can."""
        bound, way = self._solve(np.where(there, -1.0, 0.0))
        return -bound, way

    def fewest(self, there: Bool[np.ndarray, "entry"]) -> tuple[float, Float[np.ndarray, "entry"] | None]:
        """Return how many people at least gave numbers of these entries, and a way in which so many did."""
        bound, way = self._solve(np.where(there, 1.0, 0.0))
        return max(bound, 0.0), way

    def together(self, wanted: Sequence[Bool[np.ndarray, "entry"]]) -> Float[np.ndarray, "entry"] | None:
        """Return a way in which somebody gave numbers of as many of these entries as can be told together, if any."""
        return self._solve(np.zeros(self.allowed.size), wanted)[1]

    def _solve(
        self, cost: Float[np.ndarray, "entry"], wanted: Sequence[Bool[np.ndarray, "entry"]] = ()
    ) -> tuple[float, Float[np.ndarray, "entry"] | None]:
        """Return the least cost that is proven, minus infinity where there is none, and a way, checked, if any.

        Each of the entries that are ``wanted`` costs 1 less where somebody gave their numbers.
        """
        matrix, low, high = self._rows
        if wanted:
            given = sparse.hstack([np.array(wanted, dtype=float), sparse.csr_array((len(wanted), self._choices))])
            beside = sparse.vstack([sparse.csr_array((len(low), len(wanted))), -sparse.eye_array(len(wanted))])
            matrix = sparse.hstack([sparse.vstack([matrix, given]), beside])
            low, high = np.append(low, np.zeros(len(wanted))), np.append(high, np.full(len(wanted), np.inf))
        largest = max(summary.n for summary, _ in self.summaries)
        upper = np.where(self.allowed.ravel(), float(largest), 0.0)
        found = optimize.milp(
            np.concatenate([cost, np.zeros(self._choices), -np.ones(len(wanted))]),
            integrality=np.append(np.ones(len(cost) + self._choices), np.zeros(len(wanted))),
            bounds=optimize.Bounds(0, np.append(upper, np.ones(self._choices + len(wanted)))),
            constraints=optimize.LinearConstraint(sparse.csr_array(matrix), low, high),
            options={"node_limit": NODES},
        )
        way = None if found.x is None else self._checked(np.round(found.x[: len(cost)]))
        if found.status == 2 or found.mip_dual_bound is None or way is None:
            return -np.inf, None  # what cannot be at all proves nothing of anybody
        return float(np.ceil(found.mip_dual_bound - _WHOLE)), way

    @property
    def _choices(self) -> int:
        """How many sums there are in all summaries that leave a choice."""
        return sum(len(sums) for sums in self.sums if len(sums) > 1)

    def _checked(self, way: Float[np.ndarray, "entry"]) -> Float[np.ndarray, "entry"] | None:
        """Return a way if it has the summaries by exact arithmetic."""
        counts = way.reshape(self.allowed.shape)
        for (summary, of_parts), sums in zip(self.summaries, self.sums, strict=True):
            given = counts[of_parts].sum(axis=0)
            total = int(given @ self.numbers)
            if given.sum() != summary.n or total not in sums:
                return None
            least, most = summary.squares(total, self.centre)
            if not least <= given @ (self.numbers - self.centre) ** 2 <= most:
                return None
            if not all(quantile.told_of(self.numbers, given) for quantile in summary.quantiles):
                return None
        return way

    @cached_property
    def centre(self) -> int:
        """A whole number in the middle, about which squares are small."""
        return round(sum(self.summaries[-1][0].mean) / 2)

    @cached_property
    def _rows(self) -> tuple[sparse.csr_array, Float[np.ndarray, "row"], Float[np.ndarray, "row"]]:
        """The constraints, with 0 or 1 for each of several sums of a summary after the entries: which one it is."""
        about = (self.numbers - self.centre).astype(float)
        rows: list[Float[np.ndarray, "column"]] = []
        low: list[float] = []
        high: list[float] = []
        start = self.allowed.size

        def add(entries: Float[np.ndarray, "entry"], sums: Float[np.ndarray, "sum"], least: float, most: float) -> None:
            row = np.zeros(self.allowed.size + self._choices)
            row[: self.allowed.size] = entries
            if len(sums) > 1:
                row[start : start + len(sums)] = -sums
            rows.append(row)
            low.append(least + (sums[0] if len(sums) == 1 else 0.0))
            high.append(most + (sums[0] if len(sums) == 1 else 0.0))

        for (summary, of_parts), sums in zip(self.summaries, self.sums, strict=True):
            each = np.repeat(of_parts[:, None].astype(float), len(about), axis=1)
            squares = np.array([summary.squares(total, self.centre) for total in sums])
            away = np.array([total - summary.n * self.centre for total in sums], dtype=float)
            add(each.ravel(), 0.0 * away, summary.n, summary.n)
            add((each * about).ravel(), away, 0.0, 0.0)
            add((each * about**2).ravel(), squares[:, 0], 0.0, np.inf)
            if np.isfinite(squares).all():
                add((each * about**2).ravel(), squares[:, 1], -np.inf, 0.0)
            for quantile in summary.quantiles:
                add((each * (self.numbers <= quantile.most)).ravel(), 0.0 * away, quantile.first, np.inf)
                add((each * (self.numbers < quantile.least)).ravel(), 0.0 * away, -np.inf, quantile.last - 1)
            if len(sums) > 1:
                add(np.zeros(each.size), 0.0 * away - 1, 1.0, 1.0)
                start += len(sums)
        return sparse.csr_array(np.array(rows)), np.array(low), np.array(high)


def _possible(summary: Summary, first: int, last: int) -> tuple[int, ...]:
    """Return the sums that numbers between two ends can have, with some whole sum of squares."""
    inside = (total for total in summary.sums if summary.n * first <= total <= summary.n * last)
    return tuple(total for total in inside if np.subtract(*summary.squares(total, first)) <= 0)
