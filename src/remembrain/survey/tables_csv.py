"""The very tables that are published, one CSV file each.

Columns of a file: those within whose levels shares add up, those that make cells, then ``count``, ``share`` (or
``mean``) and ``of``, the count of the block. A suppressed cell is empty. This module must not know any person.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from remembrain.cohort.numbers import number
from remembrain.cohort.textfile import FORMULA
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
    return [write_table(table, published, folder / name) for table, name in zip(layout.tables, names, strict=True)]


def write_table(table: Table, published: Published, path: Path) -> Path:
    """Write one table."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(map(as_text, _heading(table)))
    cells = slice(table.start, table.stop)
    numbers = zip(published.count[cells], published.share[cells], published.base[cells], strict=True)
    for titles, (count, share, base) in zip(table.rows(), numbers, strict=True):
        rows.writerow([*map(as_text, titles), as_number(count), as_number(share), as_number(base)])
    write_text(path, out.getvalue())
    return path


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
    return [*(one.name for one in table.making), "count", "share" if table.counted else table.kind, "of"]


def as_text(title: str) -> str:
    """Return what somebody answered as no spreadsheet takes it for a formula; a number is none."""
    return f"'{title}" if title[:1] in FORMULA and number(title) is None else title


def as_number(value: float) -> str:
    """Return a number as it is published; nothing where it is suppressed."""
    return "" if np.isnan(value) else f"{value:.10g}"
