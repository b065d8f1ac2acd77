"""Rows of a table as a model of the user's reads them: numbers as numbers, text as text, NaN where nothing is said.

Nothing is scaled, filled in or coded: what a model does with its columns is its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from remembrain._text import few, nearest, shown
from remembrain.cohort.columns import Reading, columns, is_numeric
from remembrain.cohort.numbers import read_numbers
from remembrain.cohort.separators import convention
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError

_LIKE_A_NAME = re.compile(r"0[0-9]")
_TRUTH = {"true": True, "false": False}
_LISTED = 10


def rows_in_file(table: TextTable, rows: Int[np.ndarray, "scan"], reading: Reading) -> pd.DataFrame:
    """Return these rows with every column of the file, in its order.

    Parameters
    ----------
    table
        The file, or several that were joined.
    rows
        Places of rows in it.
    reading
        The decimal separator and codes for *missing* that the user names.
    """
    cells = {str(name): [str(cell) for cell in table.frame[name].iloc[rows]] for name in table.frame.columns}
    of_file: dict[Path | None, dict[str, list[str]]] = defaultdict(dict)
    for name, column in cells.items():
        of_file[table.origins[name].path if name in table.origins else None][name] = column
    written = [(theirs, convention(theirs, reading.decimal).decimal) for theirs in of_file.values()]
    decimal = {name: decided for theirs, decided in written for name in theirs}
    read: dict[str, pd.Series] = {}
    for name, column in cells.items():
        named = any(_LIKE_A_NAME.match(text) for text in column)
        found = None if named else read_numbers(column, decimal[name], reading.codes(name))
        if found is None or found.strangers:
            read[name] = _texts([None if is_missing(text) else text for text in column])
            continue
        whole = bool(np.isfinite(found.values).all() and (found.values == np.round(found.values)).all())
        read[name] = pd.Series(found.values.astype(np.int64) if whole else found.values)
    return pd.DataFrame(read)


def columns_of_model(features: pd.DataFrame, names: Sequence[str], model: str, path: Path) -> pd.DataFrame:
    """Return the columns that a model names, in its order.

    Parameters
    ----------
    features
        The columns of the table as read.
    names
        Those that the model names.
    model, path
        What the model is called, and the table, for messages.

    Raises
    ------
    DataError
        Where the table does not have one of them as a column that a model may read.
    """
    insist_on_names(features.columns, names, model, path)
    read = {name: features[name] for name in names}
    return pd.DataFrame({name: column if is_numeric(column) else _texts(column) for name, column in read.items()})


def insist_on_names(there: Sequence[str] | pd.Index, names: Sequence[str], model: str, path: Path) -> None:
    """Raise where a table lacks columns that a model names, with the nearest to the first.

    Raises
    ------
    DataError
        Naming them.
    """
    missing = [name for name in names if name not in there]
    if not missing:
        return
    near = nearest(missing[0], [str(name) for name in there if name not in names])
    raise DataError(
        f"has no column {shown(missing[0])!r} to give to a model, and {model} reads it"
        + (f" (and {len(missing) - 1} more that are not there: {few(missing[1:])})" if len(missing) > 1 else ""),
        where=path,
        expected=f"the {len(names)} columns that the model was trained on, by their names",
        try_next=f"call it {missing[0]} where it is called {near}" if near else None,
    )


def numbers_of(features: pd.DataFrame, wanted: int | None, model: str, path: Path) -> Float[np.ndarray, "scan column"]:
    """Return the numeric columns in the file's order, for a model that names none.

    Parameters
    ----------
    features
        The columns of the table as read.
    wanted
        How many the model reads, where it says it.
    model, path
        What the model is called, and the table, for messages.

    Raises
    ------
    DataError
        Where there are more or fewer, or none.
    """
    names = [str(name) for name in features.columns if is_numeric(features[name])]
    if not names or (wanted is not None and wanted != len(names)):
        few_of = f"{len(names)} ({few(names, _LISTED)})" if names else "none"
        have = few_of if len(names) <= _LISTED else columns(names)
        reads = "some" if wanted is None else str(wanted)
        raise DataError(
            f"columns of numbers: {have}, where {model} reads {reads} and names none",
            where=path,
            expected="the numeric columns that the model was trained on, in its order",
            try_next="--drop NAME for those that it does not read" if len(names) > (wanted or 0) else None,
        )
    return np.ascontiguousarray(features[names].to_numpy(dtype=float))


def _texts(column: Sequence[str | None] | pd.Series) -> pd.Series:
    """Return a column of text, NaN where there is none; of truth values, as these."""
    values = list(column)
    if values and all(isinstance(text, str) and text.lower() in _TRUTH for text in values):
        return pd.Series([_TRUTH[str(text).lower()] for text in values], dtype=bool)
    return pd.Series([np.nan if text is None else text for text in values], dtype=object)
