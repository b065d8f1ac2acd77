"""Whether published tables look like people of the population at all: exchanged levels, or another survey, do not."""

from __future__ import annotations

import numpy as np

from remembrain.survey.answers import Answers
from remembrain.survey.layout import Layout, Table
from remembrain.survey.moments import as_means
from remembrain.survey.protection import Published
from remembrain.survey.published.titles import cell_title
from remembrain.survey.view import reference_of

_DEVIATIONS, _APART = 8.0, 0.1
"""A cell is far from the population beyond so many standard deviations, and so much of a share or of a spread."""


def far_from(layout: Layout, published: Published, people: Answers, n: float) -> list[str]:
    """Return a line for each table whose numbers are far from those of a reference population, with the farthest.

    A number differs from that of r people of the population by sqrt(variance (1/n + 1/r) / answered), and by what
    blurs it.

    Parameters
    ----------
    layout, published
        The tables.
    people
        The reference.
    n
        How many people the tables are of, about.
    """
    numbers = as_means(layout, people, people, published, n)
    reference = reference_of(layout.of_means, numbers.known_cells, numbers.known, people.weight)
    spread = np.sqrt(reference.variance)
    away = numbers.share - reference.share
    room = np.sqrt(reference.variance / reference.answered * (1 / n + 1 / reference.size) + numbers.blur)
    counts = np.arange(layout.n_cells) < layout.n_counts
    size = np.where(counts, np.abs(away), np.abs(away) / spread)
    known = (size > _APART) & ~layout.cells_of_kind("contrast")  # of contrasts nothing is known
    far = np.where(known, np.nan_to_num(np.abs(away) / room), 0.0)
    lines = []
    for table in layout.tables:
        own = far[table.start : table.stop]
        if own.max(initial=0.0) > _DEVIATIONS:
            cell = table.start + int(own.argmax())
            both = _both(table, float(published.share[cell]), float(reference.share[cell]))
            lines.append(f"{table.name}, {cell_title(table, cell)}: {both}: other people, or levels exchanged?")
    return lines


def _both(table: Table, told: float, known: float) -> str:
    """Say what is told, and what is so of the reference."""
    if table.kind == "quantile":
        return f"{told:.4g}, and {100 * known:.3g} % of the reference are below"
    if table.kind == "sd":
        return f"{told:.4g}, and {known**0.5:.4g} of the reference"
    return (
        f"{told:.4g}, and {known:.4g} of the reference"
        if table.kind == "mean"
        else (f"{told:.3g}, and {known:.3g} of the reference")
    )
