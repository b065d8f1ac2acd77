"""How the cells of tables vary together from one group to another, learned from the reference population.

A person's *influence* on a cell is how much they move it, times the size of the group: (x - q) / pi where they
answered, 0 where they did not (no answer moves nothing). Every cell is taken in standard deviations of that
influence, so the covariance here is a matrix of correlations.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float, Int

from remembrain.survey.answers import UNKNOWN
from remembrain.survey.attacks.covariance import Covariance, shrunk
from remembrain.survey.layout import Layout
from remembrain.survey.view import Reference, View

_MOST_ROWS, _MOST_ENTRIES = 256, 1_000_000
"""People who are solved for together: few enough to stay in a cache, enough for products of matrices."""


@dataclass(frozen=True, eq=False)
class Metric:
    """How published cells vary together; ``shown`` are their places, ``deviation`` one person's spread."""

    shown: Int[np.ndarray, "shown"]
    deviation: Float[np.ndarray, "cell"]
    covariance: Covariance


@dataclass(frozen=True, eq=False)
class Projection:
    """z' S^-1 d of each person, and z' S^-1 z by the tables of the first z, over which it adds up.

    z is the person's influence and d how the tables differ from the population. Where the adversary does not know some
    of the answers, both are over the cells that are known: what is expected of the others, given those, adds nothing to
    a likelihood ratio of Gaussians. ``shrinkage`` is by how much the covariance was shrunk.
    """

    towards: Float[np.ndarray, "person"]
    own: Float[np.ndarray, "person table"]
    shrinkage: float


@dataclass(frozen=True, eq=False)
class Lost:
    """What the two lose without each table; nothing where everybody is held against tables of their own."""

    towards: Float[np.ndarray, "person table"]
    own: Float[np.ndarray, "person table"]


_FITTED: WeakKeyDictionary[View, Metric] = WeakKeyDictionary()
_PROJECTED: WeakKeyDictionary[View, Projection] = WeakKeyDictionary()
_LOST: WeakKeyDictionary[View, Lost] = WeakKeyDictionary()


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


def fit(view: View) -> Metric:
    """Learn how the cells that are published vary together; once for a view."""
    if view not in _FITTED:
        _FITTED[view] = _fit(view)
    return _FITTED[view]


def _fit(view: View) -> Metric:
    """Learn it."""
    reference, layout = view.reference, view.layout
    told = np.isfinite(view.published)
    shown = np.flatnonzero(told if told.ndim == 1 else told.any(axis=0))
    people = influence(layout, reference.cells, reference.values, reference)[:, shown]
    weight = reference.weight / reference.weight.mean()
    people = (people - np.average(people, axis=0, weights=weight)) * np.sqrt(weight)[:, None]
    deviation = np.sqrt(reference.variance / reference.answered)
    blur = view.blur[shown] / (deviation[shown] ** 2 * (1 / view.n + 1 / reference.size))
    return Metric(shown, deviation, shrunk(people, blur))


def project(view: View) -> Projection:
    """Return what an attack needs of everybody; computed once for a view, whichever attacks ask."""
    if view not in _PROJECTED:
        _PROJECTED[view] = _project(fit(view), view, None)
    return _PROJECTED[view]


def lost(view: View) -> Lost:
    """Return what everybody loses without each table, and compute with it what an attack needs."""
    if view not in _LOST:
        found = Lost(*np.zeros((2, len(view), len(view.layout.tables))))
        _PROJECTED[view], _LOST[view] = _project(fit(view), view, found), found
    return _LOST[view]


def _project(metric: Metric, view: View, lost: Lost | None) -> Projection:
    """Compute so, a few people at a time, and once for those of whom the same is known; fill in what is lost."""
    table, tables = view.layout.table_of[metric.shown], len(view.layout.tables)
    difference = np.nan_to_num((view.published - view.reference.share) / metric.deviation)[..., metric.shown]
    shared = difference.ndim == 1
    blocks = _blocks(metric.covariance, table) if shared and lost is not None else {}
    found = Projection(np.zeros(len(view)), np.zeros((len(view), tables)), metric.covariance.shrinkage)
    first, same = _alike(view)
    step = max(1, min(_MOST_ROWS, _MOST_ENTRIES // max(1, len(table))))
    for start in range(0, len(first), step):
        some = first[start : start + step]
        rows = influence(view.layout, view.cells[some], view.values[some], view.reference)[:, metric.shown]
        known = (view.cells[some] != UNKNOWN)[:, table]
        turned = metric.covariance.solve_known(rows, known)
        mine = np.flatnonzero((same >= start) & (same < start + step))
        which = same[mine] - start
        found.towards[mine] = (turned[which] * (difference if shared else difference[mine])).sum(axis=1)
        found.own[mine] = _by_table(turned * rows, table, tables)[which]
        if lost is not None and blocks:
            ahead, itself = metric.covariance.solve(known * difference), metric.covariance.solve(rows)
            for column, (block, inner) in blocks.items():
                alone = turned[:, block] @ inner
                lost.towards[mine, column] = (alone * ahead[:, block]).sum(axis=1)[which]
                lost.own[mine, column] = (alone * itself[:, block]).sum(axis=1)[which]
    return found


def _blocks(
    covariance: Covariance, table: Int[np.ndarray, "shown"]
) -> dict[int, tuple[slice, Float[np.ndarray, "some some"]]]:
    """Return for each table its cells, and the inverse of their block of the inverse: their covariance given all else.

    Without a table, x = S^-1 z becomes x - (S^-1)_.t ((S^-1)_tt)^-1 x_t. That is exact of people of whom all is known;
    of others the block is the same, and what they score without a table is still free of what it says.
    """
    ends = {int(one): np.flatnonzero(table == one)[[0, -1]] for one in np.unique(table)}
    slices = {one: slice(int(first), int(last) + 1) for one, (first, last) in ends.items()}
    return {one: (block, np.linalg.inv(covariance.inverse_of(block))) for one, block in slices.items()}


def _alike(view: View) -> tuple[Int[np.ndarray, "kind"], Int[np.ndarray, "person"]]:
    """Return the first person of each kind of whom the same is known, and of which kind everybody is."""
    kinds: dict[bytes, int] = {}
    known = zip(view.cells, view.values, strict=True)
    same = np.array(
        [kinds.setdefault(one.tobytes() + number.tobytes(), len(kinds)) for one, number in known], dtype=int
    )
    return np.unique(same, return_index=True)[1], same


def _by_table(
    terms: Float[np.ndarray, "row some"], table: Int[np.ndarray, "some"], tables: int
) -> Float[np.ndarray, "row table"]:
    """Return sums over the cells of each table; cells come in the order of tables."""
    added = np.zeros((len(terms), tables))
    if len(table):
        first = np.flatnonzero(np.r_[True, np.diff(table) > 0])
        added[:, table[first]] = np.add.reduceat(terms, first, axis=1)
    return added
