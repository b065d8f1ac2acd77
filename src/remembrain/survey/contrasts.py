"""Contrasts of two groups, cell by cell: what they are, how they are told, and what each person adds to them.

See :mod:`~remembrain.survey.moments` for the equations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import stats

from remembrain.survey.answers import Answers
from remembrain.survey.counting import mean_of, squares_about, sums_of
from remembrain.survey.layout import Layout, Statistic, Table

_FEWEST_IN_A_GROUP = 2
"""People of the reference in a group, below whom nothing is known of that group's own mean."""
_BEYOND_DOUBT = math.log(10_000)
"""Log odds from which on a sign is known."""

_NO_WAY = 1e-12
"""Of the variance along the main way in which people differ, below which it is none."""


@dataclass(frozen=True, eq=False)
class Groups:
    """The two groups of a contrast, cell by cell: people, means, and the spread within both together."""

    table: Table
    column: int
    place: int
    people: Float[np.ndarray, "2 cell"]
    mean: Float[np.ndarray, "2 cell"]
    spread: Float[np.ndarray, "cell"]

    @classmethod
    def of(
        cls,
        layout: Layout,
        table: Table,
        column: int,
        answers: Answers,
        cells: Int[np.ndarray, "person table"],
        values: Float[np.ndarray, "person table"],
    ) -> Groups:
        """Return the groups among these people."""
        assert table.between is not None  # noqa: S101  # a contrast is between two groups
        place = answers.place(table.between.name)
        cell, value, group = cells[:, column], values[:, column], answers.code[:, place]
        own = slice(table.start, table.stop)
        people, mean, squares = (np.zeros((2, table.cells)) for _ in range(3))
        for number in (0, 1):
            of_group = np.where(group == number, cell, -1)
            weight = sums_of(of_group, answers.weight, layout.n_cells)
            middle = mean_of(sums_of(of_group, value * answers.weight, layout.n_cells), weight)
            people[number] = sums_of(of_group, np.ones(len(cell)), layout.n_cells)[own]
            around = sums_of(of_group, squares_about(of_group, value, middle) * answers.weight, layout.n_cells)
            mean[number], squares[number] = middle[own], mean_of(around, weight)[own] * people[number]
        free = people.sum(axis=0) - 2
        variance = np.nan_to_num(squares).sum(axis=0) / np.where(free > 0, free, np.nan)
        return cls(table, column, place, people, mean, np.sqrt(variance))

    def effect(self) -> Float[np.ndarray, "cell"]:
        """Return the second group's mean less the first's, in standard deviations; NaN where people are too few."""
        with np.errstate(invalid="ignore", divide="ignore"):
            effect = (self.mean[1] - self.mean[0]) / self.spread
        enough = (self.people >= _FEWEST_IN_A_GROUP).all(axis=0)
        return np.asarray(np.where(enough & np.isfinite(effect), effect, np.nan))

    def sign(self, size: Float[np.ndarray, "cell"], sizes: Float[np.ndarray, "2 cell"]) -> Float[np.ndarray, "cell"]:
        """Return the sign of a contrast of this size, d of groups of these sizes; NaN unless it is beyond doubt.

        Between +d and -d the odds are those of two Gaussians about the reference's own contrast, both of chance.
        """
        effect = self.effect()
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = 2 * size * np.abs(effect) / ((1 / self.people).sum(axis=0) + (1 / sizes).sum(axis=0))
        return np.where(odds > _BEYOND_DOUBT, np.sign(effect), np.nan)

    def added(
        self,
        answers: Answers,
        cells: Int[np.ndarray, "person table"],
        values: Float[np.ndarray, "person table"],
        sizes: Float[np.ndarray, "2 cell"],
        effect: Float[np.ndarray, "cell"],
        reliability: float = 1.0,
    ) -> Float[np.ndarray, "person"]:
        """Return what each person adds to the contrast of groups of these sizes, where the population's is known."""
        group, cell, there = self._where(answers, cells)
        together = mean_of((np.nan_to_num(self.mean) * self.people).sum(axis=0), self.people.sum(axis=0))
        middle = np.where(self.people >= _FEWEST_IN_A_GROUP, self.mean, together)
        sign = np.where(group == 1, 1.0, -1.0) * sizes.sum(axis=0)[cell] / sizes[group, cell]
        away = reliability * (values[:, self.column] - middle[group, cell]) / self.spread[cell]
        spread = effect[cell] / 2 * (away**2 - reliability**2)
        return np.asarray(np.where(there, np.nan_to_num(sign * away - spread), 0.0))

    def away(
        self, answers: Answers, cells: Int[np.ndarray, "person table"], values: Float[np.ndarray, "person table"]
    ) -> Float[np.ndarray, "person cell"]:
        """Return how far each of the people whom the groups are of is from the mean of both, of a length of about 1."""
        _, cell, there = self._where(answers, cells)
        both = np.maximum(self.people.sum(axis=0), 1.0)
        middle = (np.nan_to_num(self.mean) * self.people).sum(axis=0) / both
        rows = np.zeros((len(answers), len(both)))
        with np.errstate(invalid="ignore", divide="ignore"):
            away = (values[:, self.column] - middle[cell]) / (self.spread * np.sqrt(both))[cell]
        rows[there, cell[there]] = away[there]
        return rows

    def reweighed(
        self, answers: Answers, cells: Int[np.ndarray, "person table"], sizes: Float[np.ndarray, "2 cell"]
    ) -> Float[np.ndarray, "person"]:
        """Return by how much more people of each group stand for the release, as the root that a variance takes."""
        group, cell, _ = self._where(answers, cells)
        ratio = (sizes / sizes.sum(axis=0)) * self.people.sum(axis=0) / np.maximum(self.people, 1.0)
        return np.asarray(np.sqrt(ratio[group, cell]))

    def _where(
        self, answers: Answers, cells: Int[np.ndarray, "person table"]
    ) -> tuple[Int[np.ndarray, "person"], Int[np.ndarray, "person"], Bool[np.ndarray, "person"]]:
        """Return each person's group and cell of the table, and whether they stand in it."""
        there = cells[:, self.column] >= 0
        group = np.clip(answers.code[:, self.place], 0, 1).astype(int)
        return group, np.where(there, cells[:, self.column] - self.table.start, 0), there


def effects_of_population(
    groups: Sequence[Groups],
    known: Answers,
    cells: Int[np.ndarray, "person table"],
    values: Float[np.ndarray, "person table"],
) -> dict[int, Float[np.ndarray, "cell"]]:
    """Return the population's own contrasts as the reference shows them, by the first cell of their table.

    They are drawn towards 0 by as much of them as is the reference's own chance: where groups do not differ, it would
    hide who took part. It is 0 of a cell in which the reference holds too few of one group.

    Parameters
    ----------
    groups
        The two groups of each table of contrasts, among the reference.
    known, cells, values
        The reference, in which cells they stand and with what.
    """
    if not groups:
        return {}
    effect = np.concatenate([one.effect() for one in groups])
    told = np.isfinite(effect)
    drawn = np.zeros(len(effect))
    with np.errstate(divide="ignore"):
        chance = np.sqrt(np.concatenate([(1 / one.people).sum(axis=0) for one in groups]))[told]
    people = np.hstack([one.away(known, cells, values) for one in groups])[:, told]
    drawn[told] = chance * _less_chance(effect[told] / chance, people)
    ends = np.cumsum([one.table.cells for one in groups])[:-1]
    return {one.table.start: part for one, part in zip(groups, np.split(drawn, ends), strict=True)}


def _less_chance(
    effect: Float[np.ndarray, "cell"], people: Float[np.ndarray, "person cell"]
) -> Float[np.ndarray, "cell"]:
    """Return effects, in standard deviations of chance, less what of them is chance.

    Cells go together: a few ways in which people differ are most of what chance makes, and most of what is real. So
    each way is held against its own chance, the root of the sum of squares of people along it: what it would come to,
    on average, over all ways to call so many of these people a group. All ways of people together come to as many
    squares as there are people, so that what the ways of cells leave of them says what chance truly is where groups
    differ, as in a test of F. Ways are taken together by size, one, two, four and so on; a block of b is none where
    its squares come to less than a standard deviation above b times chance, b (1 + sqrt(2 / b)), and else drawn in by
    1 - b times chance / its squares (James & Stein 1961; by blocks, Cai 1999, Ann. Stat. 27:898).
    """
    wide = people.shape[1] > len(people)
    squared, ways = np.linalg.eigh(people @ people.T if wide else people.T @ people)
    there = np.flatnonzero(squared > _NO_WAY * squared.max(initial=0.0))[::-1]
    chance, ways = np.sqrt(squared[there]), ways[:, there]
    if wide:
        ways = people.T @ ways / chance
    along = effect @ ways
    block = np.log2(np.arange(len(chance)) + 1).astype(int)
    squares = np.bincount(block, np.square(along / chance))
    left = max(0.0, (len(people) - squares.sum()) / max(1, len(people) - len(chance)))
    size = np.bincount(block)
    by_chance, most = left * size, left * (size + np.sqrt(2 * size))
    kept = np.where(squares > most, 1 - by_chance / np.maximum(squares, _NO_WAY), 0.0)
    return np.asarray(ways @ (kept[block] * along))


def sizes_of(
    first: Float[np.ndarray, "cell"], both: Float[np.ndarray, "cell"], groups: Groups
) -> Float[np.ndarray, "2 cell"]:
    """Return how many people are compared with how many; as many as in the reference where it is not published."""
    among_known = mean_of(groups.people[0], groups.people.sum(axis=0))
    one = np.where(np.isfinite(first), first, np.nan_to_num(among_known, nan=0.5) * both)
    one = np.clip(one, 1.0, np.maximum(both - 1, 1.0))
    return np.stack([one, np.maximum(both - one, 1.0)])


def as_told(
    effect: Float[np.ndarray, "cell"], sizes: Float[np.ndarray, "2 cell"], statistic: Statistic
) -> Float[np.ndarray, "cell"]:
    """Return Cohen's d of groups of these sizes as it is told."""
    if statistic == "d":
        return effect
    t = effect / _unit(sizes)
    if statistic == "p":
        return np.asarray(2 * stats.t(_freedom(sizes)).sf(np.abs(t)))
    return t if statistic == "t" else _through(stats.t(_freedom(sizes)), stats.norm, t)


def as_effect(
    told: Float[np.ndarray, "cell"], sizes: Float[np.ndarray, "2 cell"], statistic: Statistic
) -> Float[np.ndarray, "cell"]:
    """Return what was told of a contrast as Cohen's d: of a p-value its size alone, which one of 0 does not tell."""
    if statistic == "d":
        return told
    if statistic == "p":
        inside = np.where(told > 0, np.minimum(told, 1.0), np.nan)
        return np.asarray(stats.t(_freedom(sizes)).isf(inside / 2) * _unit(sizes))
    t = told if statistic == "t" else _through(stats.norm, stats.t(_freedom(sizes)), told)
    return np.asarray(t * _unit(sizes))


def _unit(sizes: Float[np.ndarray, "2 cell"]) -> Float[np.ndarray, "cell"]:
    """Return d of a t of 1: the root of 1/n_1 + 1/n_2."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.sqrt((1 / sizes).sum(axis=0)))


def _freedom(sizes: Float[np.ndarray, "2 cell"]) -> Float[np.ndarray, "cell"]:
    """Return the degrees of freedom of two samples."""
    return np.asarray(np.maximum(sizes.sum(axis=0) - 2, 1.0))


def _through(before: Any, after: Any, value: Float[np.ndarray, "cell"]) -> Float[np.ndarray, "cell"]:
    """Return the values of one symmetric distribution that lie as far out as those of another."""
    return np.asarray(np.sign(value) * after.isf(before.sf(np.abs(value))))
