"""What tables, blocks and cells of a layout are called in messages about published ones."""

from __future__ import annotations

import numpy as np

from remembrain._text import few, shown
from remembrain.survey.layout import Table

_OF_NUMBERS = {"mean": "the mean of ", "sd": "the standard deviation of ", "contrast": "the contrast of "}
_LEVELS = {0.25: "the lower quartile of ", 0.5: "the median of ", 0.75: "the upper quartile of "}


def names_of(table: Table) -> list[str]:
    """Return the questions whose levels make the cells of a table."""
    return [question.name for question in table.making]


def table_title(table: Table) -> str:
    """Return what a table is of."""
    names = " and ".join(question.name for question in table.questions)
    what = _OF_NUMBERS.get(table.kind, "")
    if table.level is not None:
        what = _LEVELS.get(table.level, f"the quantile {table.level:g} of ")
    between = f" between {few(table.between.titles)}" if table.between else ""
    return f"{what}{names}{between}" + "".join(f" by {question.name}" for question in table.within)


def cell_title(table: Table, cell: int) -> str:
    """Return the levels that a cell is of."""
    questions = table.making
    titles = np.unravel_index(cell - table.start, table.sizes) if questions else ()
    levels = (f"{one.name} {one.titles[int(place)]}" for one, place in zip(questions, titles, strict=True))
    return ", ".join(shown(level) for level in levels) or "everybody"


def block_title(table: Table, cell: int) -> str:
    """Return the levels within which the block of a cell is."""
    place = (cell - table.start) // table.block_size
    at = np.unravel_index(place, table.sizes[: len(table.within)]) if table.within else ()
    levels = (f"{one.name} {one.titles[int(p)]}" for one, p in zip(table.within, at, strict=True))
    return ", ".join(shown(level) for level in levels)
