"""The cells of a table as text, whichever kind of file it is, so that nothing is guessed before it is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.cohort.parquet import read_parquet
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.textfile import read_text_table, tidy_cell
from remembrain.errors import DataError


def read_cells(path: Path) -> TextTable:
    """Read a file by its ending, every cell as text.

    Raises
    ------
    DataError
        Where it cannot be read, or has a heading and nothing below it.
    """
    table = read_text_table(path) if path.suffix.lower() != ".parquet" else _of_parquet(path)
    if not len(table.frame):
        raise DataError("holds nobody", where=path, expected="a row a person below its heading")
    return table


def _of_parquet(path: Path) -> TextTable:
    """Read a Parquet file, every cell as text."""
    frame = read_parquet(path)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    frame = frame.set_axis([tidy_cell(name) for name in names], axis=1)
    doubled = sorted({name for name in frame.columns if list(frame.columns).count(name) > 1})
    if doubled:
        raise DataError(f"has the column {doubled[0]} several times", where=path, expected="a name for each column")
    texts = {name: [_cell_text(cell) for cell in frame[name]] for name in frame.columns}
    return TextTable(pd.DataFrame(texts, dtype=str), tuple(range(1, len(frame) + 1)))


def _cell_text(cell: object) -> str:
    """Return a cell as text; 12.0 of a numeric column is 12."""
    return str(int(cell)) if isinstance(cell, float | np.floating) and cell.is_integer() else tidy_cell(str(cell))
