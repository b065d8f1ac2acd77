"""Whether published tables look like people of the population at all: exchanged levels, or another survey, do not."""

from __future__ import annotations

import numpy as np

from remembrain.survey.answers import Answers
from remembrain.survey.layout import Layout
from remembrain.survey.protection import Published
from remembrain.survey.published.titles import cell_title
from remembrain.survey.view import reference_of

_DEVIATIONS, _APART = 8.0, 0.1
"""A cell is far from the population beyond so many standard deviations, and so much of a share or of a spread."""


def of_how_many(layout: Layout, published: Published) -> list[str]:
    """Return a line that says of how many people tables are at most, where they tell it and nothing else does."""
    base = published.base[: layout.n_counts]
    if not np.isfinite(base).any():
        return []
    most = f"{np.nanmax(base):.10g}"
    return [f"tables tell that they are of {most} people: group_size = {most} in [release] lets the adversary know it"]


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
    reference = reference_of(layout, layout.cells_of(people), layout.values_of(people), people.weight)
    spread = np.sqrt(reference.variance)
    away = published.share - reference.share
    room = np.sqrt(reference.variance / reference.answered * (1 / n + 1 / reference.size) + published.blur)
    counts = np.arange(layout.n_cells) < layout.n_counts
    size = np.where(counts, np.abs(away), np.abs(away) / spread)
    known = counts | layout.cells_of_kind("mean")  # of spreads and contrasts nothing is known yet
    far = np.where(known & (size > _APART), np.nan_to_num(np.abs(away) / room), 0.0)
    lines = []
    for table in layout.tables:
        own = far[table.start : table.stop]
        if own.max(initial=0.0) > _DEVIATIONS:
            cell = table.start + int(own.argmax())
            told, known = published.share[cell], reference.share[cell]
            both = (f"{told:.4g}", f"{known:.4g}") if table.kind == "mean" else (f"{told:.3g}", f"{known:.3g}")
            title = f"{table.name}, {cell_title(table, cell)}"
            lines.append(f"{title}: {both[0]}, and {both[1]} of the reference: other people, or levels exchanged?")
    return lines
