"""Workbooks of Excel as grids of cells, a sheet each; openpyxl reads them and nothing in them is run."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from remembrain.cohort.textfile import tidy_cell
from remembrain.errors import DataError, UsageError
from remembrain.run import insist_on_file
from remembrain.survey.published.grid import Grid, grid_of

LARGEST = 2 * 10**9
"""Bytes of a workbook that is unpacked."""


def read_workbook(path: Path) -> list[Grid]:
    """Read every sheet that is not empty, hidden ones too.

    Raises
    ------
    UsageError
        Where openpyxl is not installed, with the command that installs it.
    DataError
        Where the file is no workbook.
    """
    if find_spec("openpyxl") is None:
        raise UsageError(
            f"{path.name} is a workbook of Excel, and openpyxl is not installed",
            try_next="pip install 'remembrain[excel]', or save each sheet as a CSV file",
        )
    insist_on_file(path)
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise DataError("is too large once unpacked", where=path, expected=f"at most {LARGEST:,} bytes")
        book = import_module("openpyxl").load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(f"is no workbook that can be read ({error})", where=path, expected="a .xlsx file") from None
    grids = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = [_texts(row) for row in sheet.iter_rows()]
        if any(any(row) for row in rows):
            grids.append(grid_of(rows, f"{path.name}, sheet {sheet.title}", f"{path.stem}\n{sheet.title}"))
    book.close()
    if not grids:
        raise DataError("holds no cell", where=path, expected="sheets of tables")
    return grids


def _texts(row: Iterable[Any]) -> list[str]:
    """Return the cells of a row as text."""
    return [_text(cell.value, str(getattr(cell, "number_format", ""))) for cell in row]


def _text(value: Any, shown_as: str) -> str:
    """Return a cell as text; a number that is shown with a sign of percent has it, and all of its decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        in_percent = "%" in shown_as.partition('"')[0]
        return f"{100 * value:.12g}%" if in_percent else f"{value:.15g}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return tidy_cell(str(value))
