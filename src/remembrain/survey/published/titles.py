"""What tables, blocks and cells of a layout are called in messages about published ones."""

from __future__ import annotations

import numpy as np

from remembrain._text import shown
from remembrain.survey.layout import Table


def names_of(table: Table) -> list[str]:
    """Return the questions whose levels make the cells of a table."""
    return [one.name for one in (*table.within, *(() if table.kind == "mean" else table.questions))]


def table_title(table: Table) -> str:
    """Return what a table is of."""
    names = " and ".join(question.name for question in table.questions)
    mean = "the mean of " if table.kind == "mean" else ""
    return f"{mean}{names}" + "".join(f" by {question.name}" for question in table.within)


def cell_title(table: Table, cell: int) -> str:
    """Return the levels that a cell is of."""
    questions = (*table.within, *(() if table.kind == "mean" else table.questions))
    titles = np.unravel_index(cell - table.start, table.sizes) if questions else ()
    levels = (f"{one.name} {one.titles[int(place)]}" for one, place in zip(questions, titles, strict=True))
    return ", ".join(shown(level) for level in levels) or "everybody"


def block_title(table: Table, cell: int) -> str:
    """Return the levels within which the block of a cell is."""
    place = (cell - table.start) // table.block_size
    at = np.unravel_index(place, table.sizes[: len(table.within)]) if table.within else ()
    levels = (f"{one.name} {one.titles[int(p)]}" for one, p in zip(table.within, at, strict=True))
    return ", ".join(shown(level) for level in levels)
