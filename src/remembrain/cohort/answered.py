"""A table that a model wrote of scans that it was asked about: a column that says of which, and what it predicts.

Whoever asked knows the names of the scans and the columns that were given; what else there is was answered. Knows no
model, and not who the scans are of.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from remembrain._text import few, shown
from remembrain.cohort.answer_columns import Named, find_columns
from remembrain.cohort.answers_decimal import decimal_of_answers
from remembrain.cohort.no_column import form_of
from remembrain.cohort.numbers import Decimal, number
from remembrain.cohort.textfile import NAMELESS, read_text_table
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError

_ROW_NAMES = frozenset({form_of(NAMELESS), "index", "rownames", "row", "unnamed0"})
"""What a column of row names of R or pandas is called, which nobody meant to write."""


def read_answered(
    path: Path, scan: str, given: Collection[str], *, several: bool = False
) -> tuple[Sequence[str], Float[np.ndarray, "row *number"]]:
    """Return of which scan each row is, and what was predicted: NaN where the row says that there is no prediction.

    Parameters
    ----------
    path
        A table of text in any usual form.
    scan
        The column that says of which scan a row is.
    given
        Other columns that were given to whom this is from, and that may stand beside the answers.
    several
        Whether an answer is several numbers: every column that was not given, in the order of the file.

    Raises
    ------
    DataError
        Where it cannot be read, a column is missing or not certain, or a prediction is no number.
    """
    frame = read_text_table(path).frame
    names = [str(name) for name in frame.columns]
    of_scan = [name for name in names if form_of(name) == form_of(scan)]
    if not of_scan:
        raise DataError(
            f"has no column {scan}, which says of which scan a row is (it has {few(names)})",
            where=path.name,
            expected=f"{scan}, as in the table that was given, and predicted_age",
        )
    new = _new([name for name in names if name not in of_scan], {form_of(name) for name in given})
    read = new if several and new else [_value(new, path)]
    numeric = {name: frame[name].tolist() for name in names if name not in of_scan}
    decimal = decimal_of_answers(numeric, read, path.name)
    numbers = np.column_stack([_numbers(name, numeric[name], decimal, path) for name in read])
    return frame[of_scan[0]].tolist(), numbers if several else numbers[:, 0]


def _numbers(name: str, cells: Sequence[str], decimal: Decimal, path: Path) -> Float[np.ndarray, "row"]:
    """Return a column as numbers."""
    numbers = [np.nan if is_missing(text) else number(text, decimal) for text in cells]
    if wrong := [text for text, one in zip(cells, numbers, strict=True) if one is None]:
        raise DataError(f"{name} is {shown(wrong[0])!r}, which is no number", where=path.name, expected="a number")
    return np.array(numbers, dtype=float)


def _new(names: Sequence[str], given: Collection[str]) -> list[str]:
    """Return the columns that were not given."""
    new = [name for name in names if form_of(name) not in given]
    return [name for name in new if form_of(name) not in _ROW_NAMES] or new


def _value(alone: Sequence[str], path: Path) -> str:
    """Return the column of predictions among those that were not given: the only one, or the one that is called so."""
    return alone[0] if len(alone) == 1 else find_columns(alone, Named(), Path(path.name)).prediction
