"""All means, spreads and contrasts of a release in one table, a row a column of numbers: as papers print them.

Headings are those that are read again; a release of which one would not be read alike has no such table. This module
must not know any person.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np

from remembrain.cohort.textfile import tidy_cell
from remembrain.run import write_text
from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published
from remembrain.survey.published.regional_headings import CONTRASTS, Kind, Levels, read_heading
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.tables_csv import as_number, as_text

_KINDS: tuple[Kind, ...] = ("n", "mean", "sd", "d", "t", "z")
_Column: TypeAlias = tuple[Kind, Levels]
"""What numbers are, and of which levels of which questions."""


def of_one_table(layout: Layout) -> tuple[Table, ...]:
    """Return the tables that stand in one, nothing where there are none, or they would not be read alike."""
    kinds = ("mean", "sd", "contrast")
    tables = tuple(table for table in layout.tables if table.kind in kinds and table.told_as != "p")
    every = {one.name: one for table in layout.tables for one in (*table.questions, *table.asked)}
    regions = {table.questions[0].name for table in tables}
    between = next((table.between for table in tables if table.between is not None), None)
    within = [one for table in layout.tables for one in table.within]
    questions = tuple({one.name: one for one in (*within, *([between] if between else []))}.values())
    for (kind, levels), heading in _headings(tables).items():
        read = read_heading(heading, questions, between)
        if (read.kinds, read.levels) != ((kind,), levels) or (kind in CONTRASTS) != (read.direction == 1):
            return ()
    words = Vocabulary(tuple(every.values()))
    named = all((one := words.question(tidy_cell(name))) is not None and one.name == name for name in regions)
    return tables if named and len(regions) > 1 else ()


def write_one_table(layout: Layout, published: Published, path: Path) -> None:
    """Write the numbers of the tables that stand in one."""
    tables = of_one_table(layout)
    found: dict[tuple[str, Kind, Levels], float] = {}
    for table in tables:
        for cell in range(table.start, table.stop):
            count, share, base = (one[cell] for one in (published.count, published.share, published.base))
            numbers = (count, base - count, share) if table.between else (count, share)
            for (kind, levels), number in zip(_columns(table, cell), numbers, strict=True):
                found[table.questions[0].name, kind, levels] = float(number)
    headings = _headings(tables)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["variable", *map(as_text, headings.values())])
    for region in dict.fromkeys(table.questions[0].name for table in tables):
        rows.writerow([as_text(region), *(as_number(found.get((region, *column), np.nan)) for column in headings)])
    write_text(path, out.getvalue())


def _columns(table: Table, cell: int) -> list[_Column]:
    """Return the columns in which a cell's numbers stand: how many people, and what is told of them."""
    levels: Levels = ((table.within[0].name, cell - table.start),) if table.within else ()
    if table.between is None:
        return [("n", levels), ("mean" if table.kind == "mean" else "sd", levels)]
    groups = [tuple(sorted((*levels, (table.between.name, group)))) for group in (0, 1)]
    return [("n", groups[0]), ("n", groups[1]), (cast("Kind", table.told_as), levels)]


def _headings(tables: Sequence[Table]) -> dict[_Column, str]:
    """Return the heading of every column: of everybody first, then of groups, and what is compared behind them."""
    titles = {one.name: one.titles for table in tables for one in table.asked}
    found: dict[_Column, str] = {}
    for table in tables:
        for cell in range(table.start, table.stop):
            for kind, levels in _columns(table, cell):
                minus = f" ({' - '.join(table.between.titles[::-1])})" if table.between and kind != "n" else ""
                found[kind, levels] = " ".join([f"{kind}{minus}", *(titles[name][place] for name, place in levels)])
    order = list(dict.fromkeys(levels for _, levels in found))
    columns = sorted(
        found, key=lambda one: (one[0] in CONTRASTS, len(one[1]), order.index(one[1]), _KINDS.index(one[0]))
    )
    return {column: found[column] for column in columns}
