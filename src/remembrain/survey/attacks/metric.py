"""How the cells of tables vary together from one group to another, learned from the reference population.

A person's *influence* on a cell is how much they move it, times the size of the group: (x - q) / pi where they
answered, 0 where they did not (no answer moves nothing). Every cell is taken in standard deviations of that
influence, so the matrix here is a correlation matrix, drawn towards the identity as far as its noise asks for (Ledoit
& Wolf 2004, J. Multivar. Anal. 88:365).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.survey.answers import UNKNOWN
from remembrain.survey.layout import Layout
from remembrain.survey.view import Reference, View

EXACT = 600
"""With more cells than this, answers that the adversary does not know are left out instead of being inferred."""
_CHUNK = 4_000_000


@dataclass(frozen=True, eq=False)
class Metric:
    """The shrunk correlation of published cells; ``shown`` are their places, ``deviation`` one person's spread."""

    shown: Int[np.ndarray, "shown"]
    deviation: Float[np.ndarray, "cell"]
    whole: Float[np.ndarray, "shown shown"] | None
    people: Float[np.ndarray, "reference shown"]
    shrinkage: float
    blur: Float[np.ndarray, "shown"]

    def solve(self, rows: Float[np.ndarray, "row shown"]) -> Float[np.ndarray, "row shown"]:
        """Return rows times the inverse of the matrix."""
        from scipy import linalg

        if self.whole is not None:
            return np.asarray(linalg.cho_solve(linalg.cho_factor(self.whole), rows.T).T)
        diagonal = self.shrinkage + self.blur
        scaled = self.people * np.sqrt((1 - self.shrinkage) / len(self.people))
        inner = np.eye(len(scaled)) + (scaled / diagonal) @ scaled.T
        right = np.linalg.solve(inner, scaled @ (rows / diagonal).T)
        return np.asarray(rows / diagonal - (right.T @ scaled) / diagonal)


def influence(
    layout: Layout,
    cells: Int[np.ndarray, "person table"],
    values: Float[np.ndarray, "person table"],
    reference: Reference,
) -> Float[np.ndarray, "person cell"]:
    """Return each person's influence on every cell, in standard deviations of it; 0 of what is missing or unknown."""
    deviation = np.sqrt(reference.variance * reference.answered)
    rows = np.zeros((len(cells), layout.n_cells))
    for column, table in enumerate(layout.tables):
        person = np.flatnonzero(cells[:, column] >= 0)
        if not len(person):
            continue
        cell = cells[person, column]
        if not table.counted:
            rows[person, cell] = values[person, column] - reference.share[cell]
            continue
        first = layout.block_start[cell]
        block = first[:, None] + np.arange(table.block_size)
        rows[person[:, None], block] = -reference.share[block]
        rows[person, cell] += 1
    return np.asarray(rows / deviation)


@lru_cache(maxsize=2)
def fit(view: View) -> Metric:
    """Learn how the cells that are published vary together."""
    reference, layout = view.reference, view.layout
    told = np.isfinite(view.published)
    shown = np.flatnonzero(told if told.ndim == 1 else told.any(axis=0))
    people = influence(layout, reference.cells, reference.values, reference)[:, shown]
    weight = reference.weight / reference.weight.mean()
    people = (people - np.average(people, axis=0, weights=weight)) * np.sqrt(weight)[:, None]
    deviation = np.sqrt(reference.variance / reference.answered)
    blur = view.blur[shown] / (deviation[shown] ** 2 * (1 / view.n + 1 / reference.size))
    small = len(shown) <= max(EXACT, 2 * len(people))
    gram = (people.T @ people if small else people @ people.T) / len(people)
    shrinkage = _shrinkage(people, float(np.square(gram).sum()))
    whole = None
    if small:
        whole = (1 - shrinkage) * gram
        whole[np.diag_indices_from(whole)] += shrinkage + blur
    return Metric(shown, deviation, whole, people, shrinkage, blur)


def project(metric: Metric, view: View) -> tuple[Float[np.ndarray, "person"], Float[np.ndarray, "person table"]]:
    """Return for each person z' S^-1 d, and z' S^-1 z by the tables of the first z, over which it adds up.

    z is the person's influence and d how the tables differ from the population. Where the adversary does not know some
    of the answers, both are over the cells that are known: what is expected of the others, given those, adds nothing to
    a likelihood ratio of Gaussians.
    """
    difference = (view.published - view.reference.share) / metric.deviation
    towards, own = np.zeros(len(view)), np.zeros((len(view), len(view.layout.tables)))
    unknown = view.cells == UNKNOWN
    exact = unknown.any(axis=1) & (len(metric.shown) <= EXACT)
    step = max(1, _CHUNK // max(1, len(metric.shown)))
    for places in np.array_split(np.flatnonzero(~exact), max(1, int(np.ceil((~exact).sum() / step)))):
        rows = influence(view.layout, view.cells[places], view.values[places], view.reference)[:, metric.shown]
        away = np.nan_to_num(difference if difference.ndim == 1 else difference[places])[..., metric.shown]
        turned = metric.solve(rows)
        towards[places] = (turned * away).sum(axis=1)
        own[places] = _by_table(turned * rows, view.layout.table_of[metric.shown], len(view.layout.tables))
    if exact.any():
        _each(metric, view, np.flatnonzero(exact), unknown, difference, towards, own)
    return towards, own


def _each(
    metric: Metric,
    view: View,
    places: Int[np.ndarray, "some"],
    unknown: Bool[np.ndarray, "person table"],
    difference: Float[np.ndarray, "*batch cell"],
    towards: Float[np.ndarray, "person"],
    own: Float[np.ndarray, "person table"],
) -> None:
    """Do so for people of whom not all is known: those of whom the same is known together."""
    from scipy import linalg

    table = view.layout.table_of[metric.shown]
    assert metric.whole is not None  # noqa: S101  # few cells are always kept whole
    rows = influence(view.layout, view.cells[places], view.values[places], view.reference)[:, metric.shown]
    away = np.nan_to_num(difference if difference.ndim == 1 else difference[places])[..., metric.shown]
    away = np.broadcast_to(away, rows.shape)
    patterns, which = np.unique(unknown[places], axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(which.ravel(), minlength=len(patterns)))[:-1]
    for pattern, mine in zip(patterns, np.split(order, ends), strict=True):
        known = np.flatnonzero(~pattern[table])
        if not len(known):
            continue
        mine_rows = rows[np.ix_(mine, known)]
        factor = linalg.cholesky(metric.whole[np.ix_(known, known)], lower=True, overwrite_a=True, check_finite=False)
        turned = linalg.cho_solve((factor, True), mine_rows.T, check_finite=False).T
        towards[places[mine]] = (turned * away[np.ix_(mine, known)]).sum(axis=1)
        own[places[mine]] = _by_table(turned * mine_rows, table[known], own.shape[1])


def _by_table(
    terms: Float[np.ndarray, "row some"], table: Int[np.ndarray, "some"], tables: int
) -> Float[np.ndarray, "row table"]:
    """Return sums over the cells of each table; cells come in the order of tables."""
    added = np.zeros((len(terms), tables))
    if len(table):
        first = np.flatnonzero(np.r_[True, np.diff(table) > 0])
        added[:, table[first]] = np.add.reduceat(terms, first, axis=1)
    return added


def _shrinkage(people: Float[np.ndarray, "reference shown"], squares: float) -> float:
    """Return Ledoit and Wolf's weight of the identity; ``squares`` is the sum of the squared covariances.

    That sum is the same of the Gram matrix of people and of that of cells.
    """
    n, m = people.shape
    trace = float(np.square(people).sum()) / n
    away = squares - 2 * trace + m
    noise = (float(np.square(np.square(people).sum(axis=1)).sum()) / n - squares) / n
    return float(np.clip(noise / max(away, 1e-12), 1e-3, 1.0))
