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


def effects_of_population(groups: Sequence[Groups]) -> dict[int, Float[np.ndarray, "cell"]]:
    """Return the population's own contrasts as the reference shows them, by the first cell of their table.

    Each is drawn towards 0 by how much of what all of them vary is the reference's own chance (James & Stein 1961, in
    the empirical Bayes form of Efron & Morris 1973, JASA 68:117): where groups do not differ, chance would hide who
    took part. It is 0 where the reference holds too few of one group.
    """
    if not groups:
        return {}
    effect = np.concatenate([one.effect() for one in groups])
    with np.errstate(divide="ignore"):
        chance = np.concatenate([(1 / one.people).sum(axis=0) for one in groups])
    told = np.isfinite(effect) & np.isfinite(chance)
    true = max(0.0, float(np.mean(effect[told] ** 2 - chance[told]))) if told.any() else 0.0
    drawn = np.where(told, effect * true / np.where(told, true + chance, 1.0), 0.0)
    ends = np.cumsum([one.table.cells for one in groups])[:-1]
    return {one.table.start: part for one, part in zip(groups, np.split(drawn, ends), strict=True)}


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
