r"""Standard deviations and contrasts of two groups, and how each is the mean of something that every person adds.

Attacks know shares and means. Given the mean, a standard deviation tells the mean of squares: with q the mean of the
reference,

.. math:: \overline{(x - q)^2} = s^2 (n - 1) / n + (m - q)^2 .

A contrast d = (m_2 - m_1) / s of groups of n_1 and n_2 people is, but for the population's own, the mean over all
n = n_1 + n_2 of

.. math:: v = \pm \frac{n}{n_g} \, z - \frac{\delta}{2} (z^2 - 1), \qquad z = (x - q_g) / \sigma,

+ in the second group and - in the first, where delta is the population's own contrast: whoever took part moves d by
v / n, by the means and by the spread in which it is told. So group maps of means, spreads and
effects are read by the same attacks as tables, (x, x^2) together in the covariance of the reference (for genomes: Homer
et al. 2008; Sankararaman et al. 2009). An adversary who holds another measurement of the person, of reliability rho,
expects q + rho (x' - q) of what was measured for the release. This module must not know any attack.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.survey.answers import Answers
from remembrain.survey.counting import Tally, tally, tally_of
from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published

_FEWEST_IN_A_GROUP = 2
"""People of the reference in a group, below whom nothing is known of that group's own mean."""


@dataclass(frozen=True, eq=False)
class AsMeans:
    """What stands for a release in which every number is a mean: what people add, and what is published of it."""

    known: Float[np.ndarray, "reference table"]
    asked: Float[np.ndarray, "person table"]
    share: Float[np.ndarray, "cell"]


def tally_of_numbers(layout: Layout, answers: Answers) -> Tally:
    """Count these people, with sums in cells of spreads and contrasts that give what is published once divided.

    A spread counts as its variance, of which :func:`published_numbers` takes the root.
    """
    found = tally_of(layout, answers)
    cells, values, total = layout.cells_of(answers), layout.values_of(answers), found.total.copy()
    for column, table in _of_kind(layout, "sd"):
        squares = _about(cells[:, column], values[:, column], _mean(found.total, found.weight))
        added = _sums(cells[:, column], squares * answers.weight, layout.n_cells)
        own, people = slice(table.start, table.stop), found.people[table.start : table.stop]
        total[own] = added[own] * people / np.where(people > 1, people - 1, np.nan)
    for column, table in _of_kind(layout, "contrast"):
        groups = _Groups.of(layout, table, column, answers, cells, values)
        total[table.start : table.stop] = groups.effect() * found.weight[table.start : table.stop]
    return replace(found, total=total)


def published_numbers(layout: Layout, answers: Answers, published: Published) -> Published:
    """Return what is published with spreads in place of variances, and the people of the first group of contrasts."""
    share, count = published.share.copy(), published.count.copy()
    spreads = layout.cells_of_kind("sd")
    share[spreads] = np.sqrt(share[spreads])
    cells, values = layout.cells_of(answers), layout.values_of(answers)
    for column, table in _of_kind(layout, "contrast"):
        first = _Groups.of(layout, table, column, answers, cells, values).people[0]
        own = slice(table.start, table.stop)
        count[own] = np.where(np.isnan(count[own]), np.nan, first)
    return replace(published, share=share, count=count)


def as_means(
    layout: Layout, known: Answers, asked: Answers, published: Published, n: float, reliability: float = 1.0
) -> AsMeans:
    """Return what stands for a release in which every number is the mean of something that people add.

    Parameters
    ----------
    layout
        Of the release.
    known, asked
        The reference, and the people in question as the adversary has them.
    published
        What is published.
    n
        People in the group, where the release does not say how many a number is of.
    reliability
        Correlation of what the adversary measured of the people asked about with what the release is of.
    """
    cells, values = layout.cells_of(known), layout.values_of(known)
    asked_cells, asked_values = layout.cells_of(asked), layout.values_of(asked)
    found = tally(layout, cells, values, known.weight)
    centre, share = _mean(found.total, found.weight), published.share.copy()
    base = np.where(np.isfinite(published.base) & (published.base > 0), published.base, n)
    groups_of = {
        column: _Groups.of(layout, t, column, known, cells, values) for column, t in _of_kind(layout, "contrast")
    }
    effects = _effects_of_population(list(groups_of.values()))
    for column, table in enumerate(layout.tables):
        own, of_person = slice(table.start, table.stop), asked_cells[:, column]
        if table.counted:
            continue
        if table.kind == "contrast":
            groups = groups_of[column]
            sizes = _sizes(published.count[own], base[own], groups)
            own_effect = effects[table.start]
            added = groups.added(known, cells, values, sizes, own_effect)
            values[:, column] = added * groups.reweighed(known, cells, sizes)
            asked_values[:, column] = groups.added(asked, asked_cells, asked_values, sizes, own_effect, reliability)
            share[own] = published.share[own] - own_effect
            continue
        middle = np.where(of_person >= 0, centre[np.maximum(of_person, 0)], 0.0)
        expected = middle + reliability * (asked_values[:, column] - middle)
        if table.kind == "mean":
            asked_values[:, column] = expected
            continue
        squares = _about(cells[:, column], values[:, column], centre)
        rest = (1 - reliability**2) * _mean(_sums(cells[:, column], squares, layout.n_cells), found.people)
        values[:, column] = squares
        there = np.where(of_person >= 0, rest[np.maximum(of_person, 0)], 0.0)
        asked_values[:, column] = _about(of_person, expected, centre) + there
        away = _mean_beside(layout, table, published.share, centre)
        share[own] = published.share[own] ** 2 * (base[own] - 1) / base[own] + away**2
    return AsMeans(values, asked_values, share)


@dataclass(frozen=True, eq=False)
class _Groups:
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
    ) -> _Groups:
        """Return the groups among these people."""
        assert table.between is not None  # noqa: S101  # a contrast is between two groups
        place = answers.place(table.between.name)
        cell, value, group = cells[:, column], values[:, column], answers.code[:, place]
        own = slice(table.start, table.stop)
        people, mean, squares = (np.zeros((2, table.cells)) for _ in range(3))
        for number in (0, 1):
            of_group = np.where(group == number, cell, -1)
            weight = _sums(of_group, answers.weight, layout.n_cells)
            middle = _mean(_sums(of_group, value * answers.weight, layout.n_cells), weight)
            people[number] = _sums(of_group, np.ones(len(cell)), layout.n_cells)[own]
            about = _sums(of_group, _about(of_group, value, middle) * answers.weight, layout.n_cells)
            mean[number], squares[number] = middle[own], _mean(about, weight)[own] * people[number]
        free = people.sum(axis=0) - 2
        variance = np.nan_to_num(squares).sum(axis=0) / np.where(free > 0, free, np.nan)
        return cls(table, column, place, people, mean, np.sqrt(variance))

    def effect(self) -> Float[np.ndarray, "cell"]:
        """Return the second group's mean less the first's, in standard deviations; NaN where people are too few."""
        with np.errstate(invalid="ignore", divide="ignore"):
            effect = (self.mean[1] - self.mean[0]) / self.spread
        enough = (self.people >= _FEWEST_IN_A_GROUP).all(axis=0)
        return np.asarray(np.where(enough & np.isfinite(effect), effect, np.nan))

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
        together = _mean((np.nan_to_num(self.mean) * self.people).sum(axis=0), self.people.sum(axis=0))
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


def _effects_of_population(groups: Sequence[_Groups]) -> dict[int, Float[np.ndarray, "cell"]]:
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


def _of_kind(layout: Layout, kind: str) -> Iterator[tuple[int, Table]]:
    """Yield tables of a kind, with their columns."""
    yield from ((column, table) for column, table in enumerate(layout.tables) if table.kind == kind)


def _sizes(
    first: Float[np.ndarray, "cell"], both: Float[np.ndarray, "cell"], groups: _Groups
) -> Float[np.ndarray, "2 cell"]:
    """Return how many people are compared with how many; as many as in the reference where it is not published."""
    among_known = _mean(groups.people[0], groups.people.sum(axis=0))
    one = np.where(np.isfinite(first), first, np.nan_to_num(among_known, nan=0.5) * both)
    one = np.clip(one, 1.0, np.maximum(both - 1, 1.0))
    return np.stack([one, np.maximum(both - one, 1.0)])


def _mean_beside(
    layout: Layout, table: Table, share: Float[np.ndarray, "cell"], centre: Float[np.ndarray, "cell"]
) -> Float[np.ndarray, "cell"]:
    """Return by how much the published means beside a table of spreads are off the population's; 0 where none is."""
    own = slice(table.start, table.stop)
    for other in layout.tables:
        if other.kind == "mean" and (other.questions, other.within) == (table.questions, table.within):
            return np.asarray(np.nan_to_num(share[other.start : other.stop] - centre[own]))
    return np.zeros(table.cells)


def _about(
    cell: Int[np.ndarray, "person"], value: Float[np.ndarray, "person"], centre: Float[np.ndarray, "cell"]
) -> Float[np.ndarray, "person"]:
    """Return squares about the middle of each person's cell; 0 of who stands in none."""
    return np.where(cell >= 0, np.nan_to_num(value - centre[np.maximum(cell, 0)]) ** 2, 0.0)


def _sums(
    cell: Int[np.ndarray, "person"], what: Float[np.ndarray, "person"], n_cells: int
) -> Float[np.ndarray, "cell"]:
    """Return sums over the people of each cell."""
    there = cell >= 0
    return np.bincount(cell[there], weights=what[there], minlength=n_cells)


def _mean(total: Float[np.ndarray, "*cell"], count: Float[np.ndarray, "*cell"]) -> Float[np.ndarray, "*cell"]:
    """Return a sum over a count; NaN where nobody counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(count > 0, total / count, np.nan))
