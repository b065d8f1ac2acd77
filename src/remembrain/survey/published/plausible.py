"""Whether published tables look like people of the population at all: exchanged levels, or another survey, do not."""

from __future__ import annotations

import numpy as np

from remembrain.survey.answers import Answers
from remembrain.survey.contrasts import Groups, as_effect, sizes_of
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
    return [*lines, *_turned(layout, published, people, n)]


def _turned(layout: Layout, published: Published, people: Answers, n: float) -> list[str]:
    """Say that contrasts go the other way than in the population, where they do in most cells that leave no doubt."""
    cells, values = layout.cells_of(people), layout.values_of(people)
    sure = other = 0
    for column, table in enumerate(layout.tables):
        if table.kind != "contrast" or table.told_as == "p":
            continue
        own, groups = slice(table.start, table.stop), Groups.of(layout, table, column, people, cells, values)
        base = np.where(np.isfinite(published.base[own]), published.base[own], n)
        sizes = sizes_of(published.count[own], base, groups)
        told = as_effect(published.share[own], sizes, table.told_as)
        way = groups.sign(np.abs(told), sizes) * np.sign(told)
        sure, other = sure + int(np.isfinite(way).sum()), other + int((way < 0).sum())
    between = next((table.between for table in layout.tables if table.between is not None), None)
    if between is None or 2 * other <= sure:
        return []
    names = " - ".join(between.titles[::-1])
    return [f"contrasts go the other way than in the reference in {other} of {sure} cells in which it leaves no doubt: "
            f"are they {names}?"]  # fmt: skip


def fewer_than(layout: Layout, published: Published, members: Answers) -> list[str]:
    """Return a line where tables tell of fewer people than are known to have taken part and to have that number.

    Parameters
    ----------
    layout, published
        The tables, whose numbers of people are exact.
    members
        People who took part.
    """
    if not len(members):
        return []
    cells = layout.cells_of(members)
    there = np.zeros(layout.n_cells)
    for column, table in enumerate(layout.tables):
        first = (
            members.code[:, members.place(table.between.name)] == 0 if table.between else np.ones(len(members), bool)
        )
        of_table = cells[first, column]
        there += np.bincount(of_table[of_table >= 0], minlength=layout.n_cells)
    wrong = np.flatnonzero(published.count < there)
    if not len(wrong):
        return []
    cell = int(wrong[0])
    table = layout.tables[int(layout.table_of[cell])]
    of = f"{table.name}, {cell_title(table, cell)}: {published.count[cell]:g}"
    more = f" ({len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return [
        f"{of} people, and {there[cell]:g} of DATA took part and stand there{more}: other people, or groups exchanged?"
    ]


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
