"""The very tables that are published, one CSV file each, and read back from such files.

Columns of a file: those within whose levels shares add up, those that make cells, then ``count``, ``share`` (or
``mean``) and ``of``, the count of the block. A suppressed cell is empty. This module must not know any person.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from remembrain._text import few, shown
from remembrain.cohort.numbers import number
from remembrain.cohort.textfile import FORMULA
from remembrain.cohort.tsv import read_rows
from remembrain.errors import DataError
from remembrain.run import write_text
from remembrain.survey.layout import Layout, Table
from remembrain.survey.protection import Published


def write_tables(layout: Layout, published: Published, folder: Path) -> list[Path]:
    """Write every table into the folder, and remove tables of another release that lie there."""
    names = file_names(layout)
    if folder.is_dir():
        for old in folder.glob("*.csv"):
            if old.name not in names:
                old.unlink()
    paths = []
    for table, name in zip(layout.tables, names, strict=True):
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(map(_as_text, _heading(table)))
        cells = slice(table.start, table.stop)
        numbers = zip(published.count[cells], published.share[cells], published.base[cells], strict=True)
        for titles, (count, share, base) in zip(table.rows(), numbers, strict=True):
            rows.writerow([*map(_as_text, titles), _number(count), _number(share), _number(base)])
        path = folder / name
        write_text(path, out.getvalue())
        paths.append(path)
    return paths


def read_tables(layout: Layout, folder: Path) -> Published:
    """Read tables of this layout that somebody published.

    Only ``share`` (``mean``) has to be there; where ``count`` and ``of`` are, the share of empty ones is computed.

    Raises
    ------
    DataError
        Where a table is missing, or its rows are not those of the layout, or a number is none.
    """
    share = np.full(layout.n_cells, np.nan)
    count, base = share.copy(), share.copy()
    coarsest = 0.0
    for table, file in zip(layout.tables, file_names(layout), strict=True):
        path = folder / file
        frame = read_rows(path)
        names, value = _heading(table)[: len(table.rows()[0])], _heading(table)[-2]
        for name in (*names, value):
            if name not in frame.columns:
                raise DataError(f"has no column {shown(name)!r}", where=path, expected=few([*names, value]))
        found: dict[tuple[str, ...], dict[Any, Any]] = {}
        places = []
        for row in frame.to_dict("records"):
            if (key := tuple(row[name] for name in names)) in found:
                raise DataError(f"the row {few(key)} stands twice", where=path, expected="a row a cell")
            found[key] = row
        for place, titles in enumerate(table.rows(), start=table.start):
            told = found.pop(tuple(title.strip() for title in titles), None)
            if told is None:
                raise DataError(f"has no row {few(titles)}", where=path, expected="a row a cell, empty if suppressed")
            share[place] = _read(told[value], path, titles)
            count[place] = _read(told.get("count", ""), path, titles)
            base[place] = _read(told.get("of", ""), path, titles)
            if place < layout.n_counts and np.isnan(count[place]):
                places.append(_places(told[value]))
        coarsest = max(coarsest, 10.0 ** -max(places) if places else 0.0)
        if found:
            raise DataError(
                f"the row {few(next(iter(found)))} is no cell of the table", where=path, expected="known levels"
            )
    n = layout.n_counts
    with np.errstate(invalid="ignore", divide="ignore"):
        share[:n] = np.where(np.isnan(share[:n]) & (base[:n] > 0), count[:n] / base[:n], share[:n])
    if np.isnan(share).all():
        raise DataError("publish no number", where=folder, expected="tables with shares or means")
    return Published(count, share, base, np.zeros(layout.n_cells), coarsest)


def file_names(layout: Layout) -> list[str]:
    """Return the name of every table's file, of letters that any system allows, and each another."""
    stems: list[str] = []
    names = []
    for table in layout.tables:
        stem = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in table.name)
        stems.append(stem.casefold())
        times = stems.count(stem.casefold())
        names.append(f"{stem}.csv" if times == 1 else f"{stem}~{times}.csv")
    return names


def _heading(table: Table) -> list[str]:
    """Return the heading of a table."""
    names = [one.name for one in (*table.within, *(() if table.kind == "mean" else table.questions))]
    return [*names, "count", "mean" if table.kind == "mean" else "share", "of"]


def _as_text(title: str) -> str:
    """Return what somebody answered as no spreadsheet takes it for a formula; a number is none."""
    return f"'{title}" if title[:1] in FORMULA and number(title) is None else title


def _number(value: float) -> str:
    """Return a number as it is published; nothing where it is suppressed."""
    return "" if np.isnan(value) else f"{value:.10g}"


def _places(cell: str) -> int:
    """Return how many decimal places a number is written with; one with an exponent has as many as there can be."""
    digits = cell.strip().replace(",", ".").partition(".")[2]
    return 16 if "e" in cell.casefold() else len(digits)


def _read(cell: str, path: Path, titles: tuple[str, ...]) -> float:
    """Return a published number, NaN where it is suppressed."""
    if not cell.strip():
        return np.nan
    value = number(cell)
    if value is None:
        raise DataError(f"{few(titles)}: {shown(cell)!r} is no number", where=path, expected="a number or nothing")
    return value
