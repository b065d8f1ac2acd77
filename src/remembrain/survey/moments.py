r"""Standard deviations, quantiles and contrasts, and how each is the mean of something that every person adds.

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
expects q + rho (x' - q) of what was measured for the release, and around it a rest of (1 - rho^2) sigma^2. Of
quantiles, see :mod:`~remembrain.survey.quantiles`. Numbers that are told to a last place h are off by h^2 / 12, which
what is made of them takes on by the delta method. This module must not know any attack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from remembrain.record.table_settings import Protection
from remembrain.survey.answers import Answers
from remembrain.survey.contrasts import Groups, as_effect, as_told, effects_of_population, sizes_of
from remembrain.survey.counting import Tally, insist_on_equal_weights, mean_of, squares_about, sums_of, tally
from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published
from remembrain.survey.quantiles import Cuts, quantiles_of


@dataclass(frozen=True, eq=False)
class AsMeans:
    """What stands for a release in which every number is a mean: what people add to which cells, and what is told.

    ``blur`` is the variance of what is told; ``coincidence`` how much more likely who took part has the very numbers
    that are told, as a logarithm.
    """

    known: Float[np.ndarray, "reference table"]
    known_cells: Int[np.ndarray, "reference table"]
    asked: Float[np.ndarray, "person table"]
    asked_cells: Int[np.ndarray, "person table"]
    share: Float[np.ndarray, "cell"]
    blur: Float[np.ndarray, "cell"]
    coincidence: Float[np.ndarray, "person table"]


def tally_of_numbers(layout: Layout, answers: Answers) -> Tally:
    """Count these people, with sums in cells of spreads and contrasts that give what is published once divided.

    A spread counts as its variance, of which :func:`published_numbers` takes the root.

    Raises
    ------
    DataError
        As in :func:`insist_on_equal_weights`.
    """
    insist_on_equal_weights(layout, answers)
    cells, values = layout.cells_of(answers), layout.values_of(answers)
    found = tally(layout, cells, values, answers.weight)
    total = found.total.copy()
    for column, table in _of_kind(layout, "sd"):
        squares = squares_about(cells[:, column], values[:, column], mean_of(found.total, found.weight))
        added = sums_of(cells[:, column], squares * answers.weight, layout.n_cells)
        own, people = slice(table.start, table.stop), found.people[table.start : table.stop]
        total[own] = added[own] * people / np.where(people > 1, people - 1, np.nan)
    for column, table in _of_kind(layout, "contrast"):
        groups = Groups.of(layout, table, column, answers, cells, values)
        total[table.start : table.stop] = groups.effect() * found.weight[table.start : table.stop]
    return replace(found, total=total)


def published_numbers(layout: Layout, answers: Answers, published: Published, rules: Protection) -> Published:
    """Return what is published with spreads in place of variances, quantiles, and the first group of contrasts.

    A contrast is suppressed where either group is of too few people, and its number of people rounded as counts are.
    """
    if layout.of_means is layout:
        return published
    share, count, base = (part.copy() for part in (published.share, published.count, published.base))
    spreads = layout.cells_of_kind("sd")
    share[spreads] = np.sqrt(share[spreads])
    cells, values = layout.cells_of(answers), layout.values_of(answers)
    for column, table in _of_kind(layout, "quantile"):
        own = slice(table.start, table.stop)
        share[own] = np.where(np.isnan(share[own]), np.nan, quantiles_of(table, cells[:, column], values[:, column]))
    for column, table in _of_kind(layout, "contrast"):
        groups = Groups.of(layout, table, column, answers, cells, values)
        own = slice(table.start, table.stop)
        hidden = np.isnan(count[own]) | (groups.people.min(axis=0) < rules.suppress_below)
        step = max(rules.round_to, 1)
        count[own] = np.where(hidden, np.nan, np.round(groups.people[0] / step) * step)
        base[own] = np.where(hidden, np.nan, base[own])
        share[own] = np.where(hidden, np.nan, as_told(share[own], groups.people, table.told_as))
    return replace(published, share=share, count=count, base=base)


def as_means(
    layout: Layout,
    known: Answers,
    asked: Answers,
    published: Published,
    n: float,
    reliability: Float[np.ndarray, "number"] | float = 1.0,
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
        Correlation of what the adversary measured of the people asked about with what the release is of, by number.
    """
    insist_on_equal_weights(layout, known)
    cells, values = layout.cells_of(known), layout.values_of(known)
    asked_cells, asked_values = layout.cells_of(asked), layout.values_of(asked)
    found = tally(layout, cells, values, known.weight)
    base = np.where(np.isfinite(published.base) & (published.base > 0), published.base, n)
    stood = AsMeans(
        values, cells, asked_values, asked_cells, published.share.copy(), published.blur.copy(),
        np.zeros(asked_values.shape),
    )  # fmt: skip
    rho = dict(zip([one.name for one in known.numeric], np.broadcast_to(reliability, len(known.numeric)), strict=True))
    of_cells = _Known(layout, known, asked, published, base, _centre(layout, found), found.people, rho)
    groups_of = {
        column: Groups.of(layout, t, column, known, cells, values) for column, t in _of_kind(layout, "contrast")
    }
    effects = effects_of_population(list(groups_of.values()), known, stood.known_cells, stood.known)
    for column, groups in groups_of.items():
        of_cells.contrast(stood, column, groups, effects[groups.table.start])
    for column, table in enumerate(layout.tables):
        if not table.counted and table.kind != "contrast":
            of_cells.of_one_group(stood, column, table)
    return stood


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of a release whose tables are taken for means one by one, in place."""

    layout: Layout
    known: Answers
    asked: Answers
    published: Published
    base: Float[np.ndarray, "cell"]
    centre: Float[np.ndarray, "cell"]
    people: Float[np.ndarray, "cell"]
    reliability: Mapping[str, float]

    def contrast(self, stood: AsMeans, column: int, groups: Groups, effect: Float[np.ndarray, "cell"]) -> None:
        """Take a contrast for the mean of what people of both groups add to it."""
        own = slice(groups.table.start, groups.table.stop)
        sizes = sizes_of(self.published.count[own], self.base[own], groups)
        added = groups.added(self.known, stood.known_cells, stood.known, sizes, effect)
        stood.known[:, column] = added * groups.reweighed(self.known, stood.known_cells, sizes)
        rho = self.reliability[groups.table.questions[0].name]
        stood.asked[:, column] = groups.added(self.asked, stood.asked_cells, stood.asked, sizes, effect, rho)
        told, stood.blur[own] = self._effect(groups, sizes)
        stood.share[own] = told - effect

    def _effect(
        self, groups: Groups, sizes: Float[np.ndarray, "2 cell"]
    ) -> tuple[Float[np.ndarray, "cell"], Float[np.ndarray, "cell"]]:
        """Return what is told of a contrast as Cohen's d, and the variance of its last place.

        A p-value tells it where its sign is known, and where half of its last place does not reach 0.
        """
        own, told_as = slice(groups.table.start, groups.table.stop), groups.table.told_as
        told, off = self.published.share[own], np.sqrt(self.published.blur[own])
        if told_as == "p":
            told = np.where(told > np.sqrt(3) * off, told, np.nan)
        found, low, high = (as_effect(told + way * off, sizes, told_as) for way in (0, -1, 1))
        if told_as == "p":
            found = found * self._sign(groups, found, sizes)
        return found, np.nan_to_num((high - low) / 2) ** 2

    def _sign(
        self, groups: Groups, size: Float[np.ndarray, "cell"], sizes: Float[np.ndarray, "2 cell"]
    ) -> Float[np.ndarray, "cell"]:
        """Return the sign of a contrast by the published means of its groups, or else by the reference."""
        table, sign = groups.table, np.full(groups.table.cells, np.nan)
        half = np.broadcast_to(self.published.half, self.published.share.shape)
        for other in self.layout.tables:
            if (other.kind, other.questions, other.within) == ("mean", table.questions, (*table.within, table.between)):
                means, room = (part[other.start : other.stop].reshape(-1, 2) for part in (self.published.share, half))
                apart = means[:, 1] - means[:, 0]
                sign = np.where(np.abs(apart) > room.sum(axis=1), np.sign(apart), np.nan)
        return np.where(np.isnan(sign), groups.sign(size, sizes), sign)

    def of_one_group(self, stood: AsMeans, column: int, table: Table) -> None:
        """Take a mean, a spread or a quantile for the mean of a number, of its square, or of its side."""
        cell, of_person = stood.known_cells[:, column], stood.asked_cells[:, column]
        value, rho = stood.known[:, column], self.reliability[table.questions[0].name]
        middle = np.where(of_person >= 0, self.centre[np.maximum(of_person, 0)], 0.0)
        expected = middle + rho * (stood.asked[:, column] - middle)
        if table.kind == "mean":
            stood.asked[:, column] = expected
            return
        squares = squares_about(cell, value, self.centre)
        spread = np.nan_to_num(mean_of(sums_of(cell, squares, self.layout.n_cells), self.people))
        rest = (1 - rho**2) * spread
        if table.kind == "quantile":
            cuts = Cuts.of(table, self.published.share, self.published.blur, self.base)
            self._quantile(stood, column, cuts)
            if rho < 1:
                stood.asked[:, column] = cuts.expected(of_person, expected, rest)
            return
        stood.known[:, column] = squares
        there = np.where(of_person >= 0, rest[np.maximum(of_person, 0)], 0.0)
        stood.asked[:, column] = squares_about(of_person, expected, self.centre) + there
        own, told = slice(table.start, table.stop), self.published.share
        away, off = _mean_beside(self.layout, table, told, self.published.blur, self.centre)
        part = (self.base[own] - 1) / self.base[own]
        stood.share[own] = told[own] ** 2 * part + away**2
        stood.blur[own] = (2 * told[own] * part) ** 2 * self.published.blur[own] + (2 * away) ** 2 * off

    def _quantile(self, stood: AsMeans, column: int, cuts: Cuts) -> None:
        """Take a quantile for the share of people below it."""
        own = slice(cuts.table.start, cuts.table.stop)
        cell, of_person = stood.known_cells[:, column], stood.asked_cells[:, column]
        stood.known[:, column], tied = cuts.side(cell, stood.known[:, column])
        stood.asked[:, column], same = cuts.side(of_person, stood.asked[:, column])
        stood.share[own] = cuts.told
        stood.blur[own] = cuts.blur(cuts.tied_among(cell, tied, self.layout.n_cells))
        if self.reliability[cuts.table.questions[0].name] == 1:
            chance = cuts.tied_among(cell, tied, self.layout.n_cells, more=0.5)
            stood.coincidence[:, column] = cuts.coincidence(of_person, same, chance)
            self._coarse_quantile(stood, column, cuts)

    def _coarse_quantile(self, stood: AsMeans, column: int, cuts: Cuts) -> None:
        """Take a quantile with which many are tied for the mean of what each side of it is worth.

        That mean is not told. It stands as far from the population's as one person's variance, so that what everybody
        adds to a ratio of Gaussians is what their side is worth.
        """
        name, n_cells = cuts.table.questions[0].name, self.layout.n_cells
        own = slice(cuts.table.start, cuts.table.stop)
        places = stood.known_cells[:, column], stood.asked_cells[:, column]
        worth, share = cuts.worth(places[0], self.known.numbers(name), n_cells)
        coarse = np.isfinite(worth[0])
        in_coarse = own.start + np.flatnonzero(coarse)
        for values, cell, people in zip((stood.known, stood.asked), places, (self.known, self.asked), strict=True):
            there = np.isin(cell, in_coarse)
            side = cuts.which_side(cell, people.numbers(name))[there]
            values[there, column] = worth[side, cell[there] - own.start]
        stood.coincidence[np.isin(places[1], in_coarse), column] = 0.0
        middle = (share * worth).sum(axis=0)
        stood.share[own] = np.where(coarse, middle + (share * (worth - middle) ** 2).sum(axis=0), stood.share[own])
        stood.blur[own] = np.where(coarse, 0.0, stood.blur[own])


def _centre(layout: Layout, found: Tally) -> Float[np.ndarray, "cell"]:
    """Return the mean of each cell in the reference; of the whole table where nobody of it stands there."""
    centre = mean_of(found.total, found.weight)
    for table in layout.tables:
        own = slice(table.start, table.stop)
        if not table.counted and np.isnan(centre[own]).any():
            whole = np.nan_to_num(mean_of(found.total[own].sum(), found.weight[own].sum()))
            centre[own] = np.where(np.isnan(centre[own]), whole, centre[own])
    return centre


def _of_kind(layout: Layout, kind: str) -> Iterator[tuple[int, Table]]:
    """Yield tables of a kind, with their columns."""
    yield from ((column, table) for column, table in enumerate(layout.tables) if table.kind == kind)


def _mean_beside(
    layout: Layout,
    table: Table,
    share: Float[np.ndarray, "cell"],
    blur: Float[np.ndarray, "cell"],
    centre: Float[np.ndarray, "cell"],
) -> tuple[Float[np.ndarray, "cell"], Float[np.ndarray, "cell"]]:
    """Return by how much the published means beside a table of spreads are off the population's, and their blur.

    Both are 0 where none is.
    """
    own = slice(table.start, table.stop)
    for other in layout.tables:
        if other.kind == "mean" and (other.questions, other.within) == (table.questions, table.within):
            beside = slice(other.start, other.stop)
            return np.asarray(np.nan_to_num(share[beside] - centre[own])), blur[beside]
    return np.zeros(table.cells), np.zeros(table.cells)
