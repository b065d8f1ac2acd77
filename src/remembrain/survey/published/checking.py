"""Whether published numbers can be true together, and what they say of cells that are not told.

Counts add up to totals and shares to one, as far as rounding, whose size is public, lets them; a cell of a larger table
holds no more people than the cell of a smaller one that it is part of. Where nothing is left of a total, a cell that is
not told is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from remembrain._text import shown
from remembrain.survey.layout import Layout, Table
from remembrain.survey.published.blurring import Slack
from remembrain.survey.published.checking_numbers import NumbersChecker
from remembrain.survey.published.fitting import Fitted
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.titles import block_title, cell_title, names_of

_FINE = 1e-7


def settle(
    layout: Layout, fitted: Fitted, slack: Slack, understood: Understood, *, weighted: bool, people: float | None
) -> Fitted:
    """Return counts, shares and bases that go together, with every contradiction added to ``understood``.

    Parameters
    ----------
    layout, fitted
        The cells, and what is told of them.
    slack
        By how much counts may be off.
    understood
        Gets what is wrong.
    weighted
        Whether there are survey weights: shares may then be weighted and counts not.
    people
        How many took part, where that is said.
    """
    checker = _Checker(layout, slack, understood, fitted)
    checker.no_negative()
    fitted = checker.settled_bases()
    checker = _Checker(layout, slack, understood, fitted)
    wrong = checker.counts_fit(weighted=weighted)
    fitted = checker.with_empty_cells()
    checker = _Checker(layout, slack, understood, fitted)
    fitted = checker.with_shares(wrong, weighted=weighted)
    checker.shares_fit()
    checker.tables_agree(weighted=weighted)
    NumbersChecker(layout, slack, understood, fitted, checker.say).check()
    if people is not None and not weighted:
        checker.no_more_than(people)
    return fitted


class _Checker:
    """What is told, by block."""

    def __init__(self, layout: Layout, slack: Slack, understood: Understood, fitted: Fitted) -> None:
        self.layout, self.slack, self.understood, self.fitted = layout, slack, understood, fitted
        self.counts = np.arange(layout.n_cells) < layout.n_counts
        self.size = layout.add_up(np.ones(layout.n_cells))
        self.sum = layout.add_up(np.nan_to_num(fitted.count))
        self.untold = layout.add_up(np.isnan(fitted.count).astype(float))
        known = fitted.count[np.isfinite(fitted.count)]
        fine = 0.0 if (known == np.round(known)).all() else _FINE * float(np.abs(known).max(initial=0.0))
        self.room = (self.size + 1) * slack.most + fine * (self.size + 1) + _FINE

    def no_negative(self) -> None:
        """Say where a count or a share is below 0, or a share above 1."""
        count, base = self.fitted.count, self.fitted.base
        self.say(count < -self.slack.most - _FINE, lambda cell: f"a count of {count[cell]:g}")
        self.say(base < -self.slack.most - _FINE, lambda cell: f"a number of people of {base[cell]:g}")
        share = self.fitted.share
        wrong = self.counts & ((share < 0) | (share > 1 + 2 * self.fitted.half + 0.1 * self.slack.blurred))
        self.say(wrong, lambda cell: f"a share of {share[cell]:g}")

    def settled_bases(self) -> Fitted:
        """Return bases without people who gave no answer, and of blocks that are told whole and have no total."""
        fitted, room = self.fitted, self.room
        base = fitted.base.copy()
        gone = fitted.unanswered
        without = (self.untold == 0) & (np.abs(self.sum - base) <= room)
        base = np.where(self.counts & (gone > 0) & ~without, base - gone, base)
        alone = self.counts & np.isnan(base) & (self.untold == 0)
        base = np.where(alone, self.sum, base)
        base = np.where(~self.counts & np.isnan(base), fitted.count, base)
        gone_share = fitted.unanswered_share
        added = self.layout.add_up(np.nan_to_num(fitted.share)) + gone_share
        part = (gone_share > 0) & (added <= 1 + (self.size + 1) * fitted.half + _FINE) & (gone_share < 1)
        scale = np.where(part, 1 - np.where(part, gone_share, 0.0), 1.0)
        return replace(
            fitted, base=base, share=fitted.share / scale, half=np.where(part, 2 * fitted.half / scale, fitted.half)
        )

    def counts_fit(self, *, weighted: bool) -> Bool[np.ndarray, "cell"]:
        """Say where counts do not add up to their total, and return which cells are of such blocks."""
        base, room = self.fitted.base, self.room + (0.5 * (self.size + 1) if weighted else 0.0)
        known = self.counts & np.isfinite(base) & np.isfinite(self.fitted.count)
        off = np.where(self.untold == 0, np.abs(self.sum - base) > room, self.sum > base + room)
        self.say(
            known & off,
            lambda cell: f"counts add up to {self.sum[cell]:.10g}, and their total is {base[cell]:.10g}",
            by_block=True,
        )
        told = np.isfinite(self.fitted.share)
        lost = self.counts & np.isnan(base) & np.isfinite(self.fitted.count) & ~told
        self.say(
            lost,
            lambda cell: f"{int(self.untold[cell])} cells are not told, and neither is a total: shares cannot be known",
            by_block=True,
        )
        if not weighted and not self.slack.blurred:
            parts = np.abs(self.fitted.count - np.round(self.fitted.count)) > 1e-6
            self.say(parts, lambda cell: f"a count of {self.fitted.count[cell]:g} is no whole number")
        return np.asarray(self.layout.add_up((known & off).astype(float)) > 0)

    def with_empty_cells(self) -> Fitted:
        """Return counts with 0 in cells that are not told where nothing is left of the total."""
        base, fitted = self.fitted.base, self.fitted
        left = base - self.sum
        empty = self.counts & np.isnan(fitted.count) & (left <= _FINE) & (self.untold > 0) & ~self._blurred
        some = self.layout.add_up(np.isfinite(fitted.count).astype(float)) > 0
        count = np.where(empty & some, 0.0, fitted.count)
        added = self.layout.add_up(np.nan_to_num(fitted.share))
        untold = np.isnan(fitted.share) & np.isnan(count) & self.counts & ~fitted.row
        half = self.layout.add_up(fitted.half)
        full = untold & (added > 0.5) & (np.abs(added - 1) <= half + _FINE) & ~self._blurred
        return replace(fitted, count=count, share=np.where(full, 0.0, fitted.share))

    @property
    def _blurred(self) -> bool:
        return self.slack.blurred

    def with_shares(self, wrong: Bool[np.ndarray, "cell"], *, weighted: bool) -> Fitted:
        """Return shares of counts where there are some; say where published ones are others, and nothing is wrong."""
        fitted = self.fitted
        with np.errstate(invalid="ignore", divide="ignore"):
            of_counts = np.where(self.counts & (fitted.base > 0), fitted.count / fitted.base, np.nan)
            room = fitted.half * 1.01 + _FINE + 2 * self.slack.most / fitted.base
        other = ~wrong & (np.abs(of_counts - fitted.share) > room)
        if weighted and other.any():
            self.understood.note("tables", "counts are not those of weighted shares, and are not used")
            return replace(fitted, count=np.full_like(fitted.count, np.nan))
        self.say(
            other,
            lambda cell: (
                f"{fitted.count[cell]:.10g} of {fitted.base[cell]:.10g} is {100 * of_counts[cell]:.4g} %, "
                f"and {100 * fitted.share[cell]:.4g} % stands beside it"
            ),
        )
        return replace(fitted, share=np.where(np.isnan(of_counts), fitted.share, of_counts))

    def shares_fit(self) -> None:
        """Say where shares without counts do not add up to 1."""
        share, half = self.fitted.share, self.layout.add_up(np.maximum(self.fitted.half, 1e-9))
        added = self.layout.add_up(np.nan_to_num(share))
        hidden = self.layout.add_up(np.isnan(share).astype(float))
        alone = self.counts & np.isnan(self.fitted.count) & np.isfinite(share)
        loose = 1.02 * half + _FINE + (0.1 if self.slack.blurred else 0.0)
        off = np.where(hidden == 0, np.abs(added - 1) > loose, added > 1 + loose)
        self.say(alone & off, lambda cell: f"shares add up to {100 * added[cell]:.6g} %", by_block=True)

    def tables_agree(self, *, weighted: bool) -> None:
        """Say where cells of a larger table hold more people than the cell of a smaller one that they are part of."""
        shapes = [table for table in self.layout.tables if table.counted]
        for small in shapes:
            names = names_of(small)
            for large in shapes:
                if set(names) < set(names_of(large)):
                    self._agree(small, large, 0.5 if weighted else 0.0)

    def _agree(self, small: Table, large: Table, loose: float) -> None:
        """Say where two tables contradict each other."""
        names, others = names_of(large), names_of(small)
        cube = np.nan_to_num(self.fitted.count[large.start : large.stop]).reshape(large.sizes)
        kept = [names.index(name) for name in others]
        beside = tuple(axis for axis in range(len(names)) if axis not in kept)
        parts = int(np.prod([large.sizes[axis] for axis in beside]))
        added = cube.sum(axis=beside)
        order = [sorted(kept).index(axis) for axis in kept]
        added = np.transpose(added, order).ravel()
        whole = self.fitted.count[small.start : small.stop]
        room = (parts + 1) * (self.slack.most + loose) + _FINE * (1 + np.nan_to_num(whole))
        where = self.fitted.where
        for cell in np.flatnonzero(added > whole + room).tolist()[:1]:
            title = cell_title(small, small.start + cell)
            self.understood.ask(
                f"{where.get(small.name, small.name)}, {where.get(large.name, large.name)}",
                f"{title}: {whole[cell]:.10g} people in the table of {' and '.join(map(shown, others))}, and "
                f"{added[cell]:.10g} in that of {' and '.join(map(shown, names))}",
            )

    def no_more_than(self, people: float) -> None:
        """Say where tables are of more people than took part."""
        base = self.fitted.base
        wrong = (base > people + self.room) & (base >= np.nanmax(base, initial=0.0))
        wrong[np.flatnonzero(wrong)[1:]] = False  # the largest says it for all
        self.say(wrong, lambda cell: f"is of {base[cell]:.10g} people, and group_size says {people:g}", by_block=True)

    def say(self, wrong: Bool[np.ndarray, "cell"], what: Callable[[int], str], *, by_block: bool = False) -> None:
        """Say what is wrong with the first such cell, or block, of every table."""
        for table in self.layout.tables:
            cells = table.start + np.flatnonzero(wrong[table.start : table.stop])
            if not len(cells):
                continue
            cell = int(cells[0])
            title = (
                ""
                if by_block and not table.within
                else f"{block_title(table, cell) if by_block else cell_title(table, cell)}: "
            )
            more = len(np.unique(self.layout.block_of[cells])) if by_block else len(cells)
            also = f" (and {more - 1} more like it)" if more > 1 else ""
            where = f"{self.fitted.where.get(table.name, '')}, {table.name}".removeprefix(", ")
            self.understood.ask(where, f"{title}{what(cell)}{also}")


def last_places(fitted: Fitted, counts: Bool[np.ndarray, "cell"]) -> Float[np.ndarray, "cell"]:
    """Return the last place of each share that no count stands beside."""
    alone = counts & np.isnan(fitted.count) & np.isfinite(fitted.share)
    return np.where(alone, 2 * fitted.half, 0.0)
