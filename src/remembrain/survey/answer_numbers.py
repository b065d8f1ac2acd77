"""Numbers among answers as people write them, by the rules of all tables: to one plain writing, and what was read so.

Few different answers are levels, and stay as they stand. Knows no person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from remembrain._text import shown
from remembrain.cohort.numbers import read_numbers, written
from remembrain.cohort.separators import convention
from remembrain.errors import DataError
from remembrain.survey.columns import MOST_LEVELS


def as_numbers(
    texts: Mapping[str, list[str]],
    spoken: Collection[str | None],
    codes: Mapping[str, Sequence[str]],
    path: Path,
    rows: Sequence[int] = (),
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return columns of more numbers than levels in one plain writing, and what was read otherwise than it stood.

    Parameters
    ----------
    texts
        The cells of every column.
    spoken
        Columns of which is known what they are: who it is, what is declared with its levels.
    codes
        Codes for no answer, by column.
    path, rows
        The file, and in which of its rows the cells stand (below the heading, one after the other, when left out).

    Raises
    ------
    DataError
        Where the decimal separator cannot be told, or a few cells of such a column are no numbers.
    """
    many = {name: cells for name, cells in texts.items() if name not in spoken and len(set(cells)) > MOST_LEVELS}
    decided = convention(many)
    if decided.doubt:
        raise DataError(decided.doubt, where=path, expected="one decimal separator, and no thousands")
    plain, how = dict(texts), {}
    for name, cells in many.items():
        found = read_numbers(cells, decided.decimal, codes.get(name, ()))
        if found is None:
            continue
        if found.strangers:
            row, text = found.strangers[0]
            cell = f"column {shown(name)!r}, row {rows[row] if rows else row + 2}: {shown(text)!r}"
            what = f"{cell} is not a number ({len(found.strangers)} such cells)"
            raise DataError(what, where=path, expected="numbers, or a dictionary that declares the levels")
        plain[name] = ["" if np.isnan(value) else written(value) for value in found.values]
        nothing = [f"{shown(code)!r} is no answer ({times} cells)" for code, times in found.missing.items()]
        told = {
            "decimal commas": decided.decimal == ",",
            "separators of thousands": found.grouped,
            "bounds read as values": found.bounds,
            f"the unit {found.unit} taken off": found.unit,
        }
        how[name] = ", ".join([*nothing, *(words for words, true in told.items() if true)])
    return plain, how
