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

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from remembrain.errors import DataError
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import Answers
from remembrain.survey.contrasts import Groups, as_effect, as_told, effects_of_population, sizes_of
from remembrain.survey.counting import Tally, mean_of, squares_about, sums_of, tally
from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published


@dataclass(frozen=True, eq=False)
class AsMeans:
    """What stands for a release in which every number is a mean: what people add to which cells, and what is told."""

    known: Float[np.ndarray, "reference table"]
    known_cells: Int[np.ndarray, "reference table"]
    asked: Float[np.ndarray, "person table"]
    asked_cells: Int[np.ndarray, "person table"]
    share: Float[np.ndarray, "cell"]


def insist_on_equal_weights(layout: Layout, answers: Answers) -> None:
    """Raise where spreads or contrasts are of weighted people: of how many they then are is not one number.

    Raises
    ------
    DataError
        Saying so.
    """
    other = next((table for table in layout.tables if table.kind in ("sd", "contrast")), None)
    if other is not None and np.ptp(answers.weight) > 0:
        what = f"survey weights, and {other.name!r} published"
        raise DataError(what, expected="weights with counts and means alone, or no weights")


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
    """Return what is published with spreads in place of variances, and the people of the first group of contrasts.

    A contrast is suppressed where either group is of too few people, and its number of people rounded as counts are.
    """
    if layout.of_means is layout:
        return published
    share, count, base = (part.copy() for part in (published.share, published.count, published.base))
    spreads = layout.cells_of_kind("sd")
    share[spreads] = np.sqrt(share[spreads])
    cells, values = layout.cells_of(answers), layout.values_of(answers)
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
    centre, share = _centre(layout, found), published.share.copy()
    base = np.where(np.isfinite(published.base) & (published.base > 0), published.base, n)
    groups_of = {
        column: Groups.of(layout, t, column, known, cells, values) for column, t in _of_kind(layout, "contrast")
    }
    rhos = dict(zip([one.name for one in known.numeric], np.broadcast_to(reliability, len(known.numeric)), strict=True))
    effects = effects_of_population(list(groups_of.values()), known, cells, values)
    for column, table in enumerate(layout.tables):
        own, of_person = slice(table.start, table.stop), asked_cells[:, column]
        if table.counted:
            continue
        rho = float(rhos[table.questions[0].name])
        if table.kind == "contrast":
            groups = groups_of[column]
            sizes = sizes_of(published.count[own], base[own], groups)
            own_effect = effects[table.start]
            added = groups.added(known, cells, values, sizes, own_effect)
            values[:, column] = added * groups.reweighed(known, cells, sizes)
            asked_values[:, column] = groups.added(asked, asked_cells, asked_values, sizes, own_effect, rho)
            share[own] = as_effect(published.share[own], sizes, table.told_as) - own_effect
            continue
        middle = np.where(of_person >= 0, centre[np.maximum(of_person, 0)], 0.0)
        expected = middle + rho * (asked_values[:, column] - middle)
        if table.kind == "mean":
            asked_values[:, column] = expected
            continue
        squares = squares_about(cells[:, column], values[:, column], centre)
        spread = np.nan_to_num(mean_of(sums_of(cells[:, column], squares, layout.n_cells), found.people))
        rest = (1 - rho**2) * spread
        values[:, column] = squares
        there = np.where(of_person >= 0, rest[np.maximum(of_person, 0)], 0.0)
        asked_values[:, column] = squares_about(of_person, expected, centre) + there
        away = _mean_beside(layout, table, published.share, centre)
        share[own] = published.share[own] ** 2 * (base[own] - 1) / base[own] + away**2
    return AsMeans(values, cells, asked_values, asked_cells, share)


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
    layout: Layout, table: Table, share: Float[np.ndarray, "cell"], centre: Float[np.ndarray, "cell"]
) -> Float[np.ndarray, "cell"]:
    """Return by how much the published means beside a table of spreads are off the population's; 0 where none is."""
    own = slice(table.start, table.stop)
    for other in layout.tables:
        if other.kind == "mean" and (other.questions, other.within) == (table.questions, table.within):
            return np.asarray(np.nan_to_num(share[other.start : other.stop] - centre[own]))
    return np.zeros(table.cells)
