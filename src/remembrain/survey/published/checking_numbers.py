"""Whether means, spreads and quantiles can be true together: in range, in order, and of a whole what its parts allow.

Where groups are everybody, the mean of everybody lies between theirs, and the spread is no narrower than the narrowest
of theirs and no wider than the widest and the distance of their means allow. A median is no farther from the mean than
a standard deviation (Hotelling & Solomons 1932, Ann. Math. Stat. 3:141). What is odd and may be true is told: a
quantile of everybody that does not lie between those of groups, as interpolated ones need not, and a mean of everybody
that is not that of groups by their people, of whom some may not have answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Protocol

import numpy as np
from jaxtyping import Bool, Float

from remembrain.survey.columns import Question
from remembrain.survey.layout import Layout, Table, TableKind
from remembrain.survey.published.blurring import Slack
from remembrain.survey.published.fitting import Fitted
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.titles import cell_title

_FINE = 1e-7
_ALL_DIGITS = 1e-9
_FEWEST = 2.0
"""People of whom there is a standard deviation."""
_ODD = 0.1
"""A mean of everybody is odd that is farther from that of groups by their people than this part of how far these lie
apart."""
_ANSWERED = 2.0
"""At least one of so many people of a group answered, where it is not told how many did."""


class Say(Protocol):
    """Says what is wrong with the first of some cells of every table."""

    def __call__(self, wrong: Bool[np.ndarray, "cell"], what: Callable[[int], str]) -> None:
        """Say it."""


class NumbersChecker:
    """What is told of people's numbers."""

    def __init__(self, layout: Layout, slack: Slack, understood: Understood, fitted: Fitted, say: Say) -> None:
        self.layout, self.slack, self.understood, self.fitted, self._say = layout, slack, understood, fitted, say

    def check(self) -> None:
        """Say everything that cannot be true."""
        self.in_range()
        self.agree()
        self.lie_between()
        self.look_odd()
        self.in_order()
        self.near_the_mean()

    def in_range(self) -> None:
        """Say where a mean or quantile lies outside of everybody's numbers, a spread is wider, and p beyond 0 or 1."""
        low, high = self._ends()
        share, widest = self.fitted.share, 0.75 * (high - low)  # of two people at both ends it is 0.71
        self._say(
            self.layout.cells_of_kind("sd") & ((share < 0) | (share > widest + _FINE)),
            lambda cell: (
                f"a standard deviation of {share[cell]:.10g}, and the numbers of DATA are {low[cell]:g} to "
                f"{high[cell]:g}"
            ),
        )
        self._say(
            self.layout.cells_of_kind("sd") & np.isfinite(share) & (self.fitted.base < _FEWEST),
            lambda cell: f"a standard deviation of {share[cell]:.10g}, of {self.fitted.base[cell]:g} people",
        )
        of_p = np.array([table.told_as == "p" for table in self.layout.tables])[self.layout.table_of]
        self._say(
            self.layout.cells_of_kind("contrast") & of_p & ((share < 0) | (share > 1)),
            lambda cell: f"a p-value of {share[cell]:.10g}",
        )
        for kind in ("mean", "quantile"):
            room = _FINE if kind == "mean" else self.fitted.half + _FINE
            self._say(
                self.layout.cells_of_kind(kind) & ((share < low - room) | (share > high + room)),
                lambda cell, kind=kind: (  # type: ignore[misc]  # mypy knows no default of a lambda
                    f"a {kind} of {share[cell]:.10g}, and the numbers of DATA are {low[cell]:g} to {high[cell]:g}"
                ),
            )

    def agree(self) -> None:
        """Say where the mean of everybody is none that groups of so many people of such means can have."""
        low, high = self._ends()
        share, count = self.fitted.share, self.fitted.count
        every = {table.name: table for table in self.layout.tables if table.kind == "mean"}
        for table in every.values():
            whole = every.get(f"mean-{table.questions[0].name}") if table.within else None
            own = slice(table.start, table.stop)
            if whole is None or np.isnan(count[own]).any() or np.isnan(share[own]).any():
                continue
            at = whole.start
            rest, added = count[at] - count[own].sum(), (count[own] * share[own]).sum()
            half = self.fitted.half
            rounded = (count[own] * half[own]).sum() + count[at] * half[at] + _FINE * abs(added)
            loose = (table.cells + 1) * self.slack.most * max(abs(low[at]), abs(high[at])) if self.slack.most else 0.0
            room = 1.01 * rounded + loose
            off = count[at] * share[at] - added
            if np.isfinite(off) and not rest * low[at] - room <= off <= rest * high[at] + room:
                what = f"a mean of {share[at]:.10g}, and {(added / count[own].sum()):.10g} in its groups together"
                self.understood.ask(self.fitted.where.get(whole.name, whole.name), f"{_mean_of(table)}: {what}")

    def lie_between(self) -> None:
        """Say where a mean or a spread of everybody is none that those of all groups together allow."""
        share, half, base = self.fitted.share, self.fitted.half, self.fitted.base
        for whole, parts in self._wholes("mean"):
            own, at = slice(parts.start, parts.stop), whole.start
            if np.isfinite(self.fitted.count[at]) and np.isfinite(self.fitted.count[own]).all():
                continue  # of so many people more is known, see agree
            room = half[at] + half[own].max() + _FINE * (1 + abs(share[at]))
            if not share[own].min() - room <= share[at] <= share[own].max() + room:
                self._of_groups(whole, parts, f"a mean of {share[at]:.10g}")
        for whole, parts in self._wholes("sd"):
            own, at = slice(parts.start, parts.stop), whole.start
            means = self._beside(parts, "mean")
            apart = np.inf if means is None else float(np.ptp(share[means]) + 2 * half[means].max())
            low = np.maximum(share[own] - half[own], 0) ** 2 * np.maximum(1 - _ANSWERED / base[own], 0)
            most = ((share[own] + half[own]) ** 2).max() + apart**2 / 4
            told, least = share[at] + half[at] * np.array([-1, 1]), max(1 - _ANSWERED / base[at], 0)
            if told[1] ** 2 < low.min() - _FINE or max(told[0], 0) ** 2 * least > most + _FINE:
                self._of_groups(whole, parts, f"a standard deviation of {share[at]:.10g}")

    def look_odd(self) -> None:
        """Tell of numbers of everybody that groups make unlikely, as where two columns are exchanged in a row."""
        share, half, base = self.fitted.share, self.fitted.half, self.fitted.base
        for kind in ("mean", "quantile"):
            for whole, parts in self._wholes(kind):
                own, at = slice(parts.start, parts.stop), whole.start
                low, high, room = share[own].min(), share[own].max(), half[at] + half[own].max()
                if kind == "mean":
                    if np.isfinite(self.fitted.count[at]) and np.isfinite(self.fitted.count[own]).all():
                        continue  # of so many people more is known, see agree
                    middle, room = float(np.average(share[own], weights=base[own])), room + _ODD * (high - low)
                    low = high = middle
                if not low - room - _FINE <= share[at] <= high + room + _FINE:
                    what = f"{share[at]:.10g} of everybody, and {self._listed(parts)} in groups, who are everybody"
                    what = f"{whole.name}: {what}: are two columns exchanged?"
                    self.understood.note(self.fitted.where.get(whole.name, whole.name), what)

    def in_order(self) -> None:
        """Say where a quantile is below one of a lower level."""
        share, half = self.fitted.share, self.fitted.half
        tables = [table for table in self.layout.tables if table.kind == "quantile"]
        for low in tables:
            for high in tables:
                same = (low.questions, low.within) == (high.questions, high.within)
                if not same or (low.level or 0) >= (high.level or 0):
                    continue
                first, second = slice(low.start, low.stop), slice(high.start, high.stop)
                off = share[first] - share[second] > half[first] + half[second] + _FINE
                for cell in np.flatnonzero(off).tolist()[:1]:
                    one, other = share[low.start + cell], share[high.start + cell]
                    title = cell_title(low, low.start + cell)
                    what = f"quantile {low.level:g} is {one:.10g}, and {high.level:g} is {other:.10g}"
                    self._ask(low, f"{title}: {what}")

    def near_the_mean(self) -> None:
        """Say where a median is farther from its mean than a standard deviation."""
        share, half = self.fitted.share, self.fitted.half
        for table in self.layout.tables:
            mean, sd = self._beside(table, "mean"), self._beside(table, "sd")
            if table.kind != "quantile" or table.level != 0.5 or mean is None or sd is None:
                continue
            own = slice(table.start, table.stop)
            room = half[own] + half[mean] + half[sd] + _FINE * (1 + np.abs(share[mean]))
            off = np.abs(share[own] - share[mean]) > share[sd] + room
            for cell in np.flatnonzero(off).tolist()[:1]:
                told = (share[part][cell] for part in (own, mean, sd))
                what = "a median of {:.10g}, with a mean of {:.10g} and a standard deviation of {:.10g}".format(*told)
                self._ask(table, f"{cell_title(table, table.start + cell)}: {what}")

    def _wholes(self, kind: TableKind) -> Iterator[tuple[Table, Table]]:
        """Yield tables of everybody with those of groups that are everybody together, where all is told."""
        share, base = self.fitted.share, self.fitted.base
        told = [table for table in self.layout.tables if table.kind == kind]
        wholes = {(table.questions, table.level): table for table in told if not table.within}
        for table in told:
            whole = wholes.get((table.questions, table.level)) if table.within else None
            if whole is None:
                continue
            at, own = whole.start, slice(table.start, table.stop)
            if np.isfinite(share[at]) and np.isfinite(share[own]).all() and abs(base[own].sum() - base[at]) < _FINE:
                yield whole, table

    def _beside(self, table: Table, kind: TableKind) -> slice | None:
        """Return the cells of another number of the same people."""
        return self._places.get((kind, table.questions, table.within))

    @cached_property
    def _places(self) -> dict[tuple[TableKind, tuple[Question, ...], tuple[Question, ...]], slice]:
        """The cells of every table of numbers, by what it is; of quantiles those of one."""
        tables = [table for table in self.layout.tables if not table.counted]
        return {(one.kind, one.questions, one.within): slice(one.start, one.stop) for one in tables}

    def _of_groups(self, whole: Table, parts: Table, what: str) -> None:
        """Say that a number of everybody is none that those of groups allow."""
        self._ask(whole, f"{_mean_of(parts)}: {what}, and {self._listed(parts)} in these, who are everybody")

    def _listed(self, parts: Table) -> str:
        """Return the numbers of groups, as words."""
        return ", ".join(f"{one:.10g}" for one in self.fitted.share[parts.start : parts.stop][:4])

    def _ask(self, table: Table, what: str) -> None:
        """Say what is wrong with a table."""
        self.understood.ask(self.fitted.where.get(table.name, table.name), what)

    def _ends(self) -> tuple[Float[np.ndarray, "cell"], Float[np.ndarray, "cell"]]:
        """Return the lowest and the highest number of the question of each cell, where that is known."""
        ends = [(table.questions[0].low, table.questions[0].high) for table in self.layout.tables]
        low = np.array([-np.inf if one is None else one for one, _ in ends])
        high = np.array([np.inf if one is None else one for _, one in ends])
        return low[self.layout.table_of], high[self.layout.table_of]


def _mean_of(table: Table) -> str:
    """Return what a mean is of, and of which groups."""
    return f"{table.questions[0].name} and its groups of {', '.join(one.name for one in table.within)}"


def finest_places(layout: Layout, fitted: Fitted) -> Float[np.ndarray, "cell"]:
    """Return half the last place of each number of people's measures: that of the finest told of the same kind.

    A zero at the end of a number alone may have been cut, and where it is taken for rounded it would seem to say less.
    Nine digits are all there are.
    """
    half, told = fitted.half.copy(), np.isfinite(fitted.share)
    alike: dict[object, list[Table]] = {}
    for table in layout.tables:
        if not table.counted:
            alike.setdefault((table.kind, table.questions), []).append(table)
    for tables in alike.values():
        cells = np.concatenate([np.arange(table.start, table.stop) for table in tables])
        known = cells[told[cells]]
        if len(known):
            half[known] = half[known].min()
    return np.where(half <= _ALL_DIGITS * (1 + np.abs(np.nan_to_num(fitted.share))), 0.0, half)
