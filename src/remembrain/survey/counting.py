"""How many people stand in each cell, and what their numbers add up to; for a whole group, and without one of them.

This module must not know what is done to counts before they are published.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from remembrain.errors import DataError
from remembrain.survey.answers import Answers
from remembrain.survey.layout import Layout


@dataclass(frozen=True, eq=False)
class Tally:
    """Per cell: people, the sum of their weights, and the weighted sum of what they add (means only differ there)."""

    people: Float[np.ndarray, "*batch cell"]
    weight: Float[np.ndarray, "*batch cell"]
    total: Float[np.ndarray, "*batch cell"]


def tally(
    layout: Layout,
    cells: Int[np.ndarray, "person table"],
    values: Float[np.ndarray, "person table"],
    weight: Float[np.ndarray, "person"],
) -> Tally:
    """Count a group.

    Parameters
    ----------
    layout
        The tables.
    cells, values
        Of :meth:`~remembrain.survey.layout.Layout.cells_of` and ``values_of``.
    weight
        Of each person.
    """
    found = Tally(*(np.zeros(layout.n_cells) for _ in range(3)))
    for column, table in enumerate(layout.tables):
        there = np.flatnonzero(cells[:, column] >= 0)
        where, own, each = cells[there, column] - table.start, slice(table.start, table.stop), weight[there]
        found.people[own] = np.bincount(where, minlength=table.cells)
        found.weight[own] = np.bincount(where, each, table.cells)
        numbers = not table.counted
        found.total[own] = (
            np.bincount(where, each * values[there, column], table.cells) if numbers else found.weight[own]
        )
    return found


def without_each(
    found: Tally,
    cells: Int[np.ndarray, "person table"],
    values: Float[np.ndarray, "person table"],
    weight: Float[np.ndarray, "person"],
) -> Tally:
    """Return, a row a person, the tally of the same group had that person not taken part."""
    rows = np.repeat(np.arange(len(cells)), cells.shape[1])
    where = cells.ravel()
    there = where >= 0
    rows, where = rows[there], where[there]
    each = weight[rows]

    def less(whole: Float[np.ndarray, "cell"], share: Float[np.ndarray, "entry"]) -> Float[np.ndarray, "person cell"]:
        batch = np.tile(whole, (len(cells), 1))
        batch[rows, where] -= share
        return batch

    return Tally(
        less(found.people, np.ones(len(where))),
        less(found.weight, each),
        less(found.total, each * values.ravel()[there]),
    )


def shares(layout: Layout, found: Tally) -> Float[np.ndarray, "*batch cell"]:
    """Return shares of blocks, and means; NaN where nobody answered."""
    base = base_of(layout, found)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(base > 0, found.total / base, np.nan))


def base_of(layout: Layout, found: Tally) -> Float[np.ndarray, "*batch cell"]:
    """Return the weight of everybody who answered: of the block of a share, of the cell of a mean."""
    base = layout.add_up(found.weight)
    base[..., layout.n_counts :] = found.weight[..., layout.n_counts :]
    return base


def squares_about(
    cell: Int[np.ndarray, "person"], value: Float[np.ndarray, "person"], centre: Float[np.ndarray, "cell"]
) -> Float[np.ndarray, "person"]:
    """Return squares about the middle of each person's cell; 0 of who stands in none."""
    return np.where(cell >= 0, np.nan_to_num(value - centre[np.maximum(cell, 0)]) ** 2, 0.0)


def sums_of(
    cell: Int[np.ndarray, "person"], what: Float[np.ndarray, "person"], n_cells: int
) -> Float[np.ndarray, "cell"]:
    """Return sums over the people of each cell."""
    there = cell >= 0
    return np.bincount(cell[there], weights=what[there], minlength=n_cells)


def mean_of(total: Float[np.ndarray, "*cell"], count: Float[np.ndarray, "*cell"]) -> Float[np.ndarray, "*cell"]:
    """Return a sum over a count; NaN where nobody counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(count > 0, total / count, np.nan))


def insist_on_equal_weights(layout: Layout, answers: Answers) -> None:
    """Raise where spreads, quantiles or contrasts are of weighted people: of how many they then are is not one number.

    Raises
    ------
    DataError
        Saying so.
    """
    other = next((table for table in layout.tables if not table.counted and table.kind != "mean"), None)
    if other is not None and np.ptp(answers.weight) > 0:
        what = f"survey weights, and {other.name!r} published"
        raise DataError(what, expected="weights with counts and means alone, or no weights")
