"""Tables of text as people really write them: with a byte-order mark, Windows line ends, stray blanks."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from remembrain.errors import DataError

MISSING = frozenset({"", "n/a", "na", "nan", "none", "null"})


def read_rows(path: Path, separator: str = "\t") -> pd.DataFrame:
    """Read every cell as text, stripped.

    Raises
    ------
    DataError
        Naming the file, and the line where it is broken.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError("no such file", where=path) from None
    except UnicodeDecodeError as error:
        raise DataError(f"is not UTF-8 text (byte {error.start})", where=path) from None
    if not text.strip():
        raise DataError("is empty", where=path, expected="a heading and rows")
    lines = [_cells(line, separator, number, path) for number, line in enumerate(text.split("\n"), start=1)]
    heading = lines[0]
    doubled = sorted({name for name in heading if heading.count(name) > 1})
    if doubled:
        raise DataError(f"has the column {', '.join(doubled)} twice", where=path)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            continue
        if len(line) != len(heading):
            raise DataError(
                f"line {number} has {len(line)} cells", where=path, expected=f"{len(heading)}, as in the heading"
            )
        rows.append(line)
    return pd.DataFrame(rows, columns=heading, dtype=str)


def _cells(line: str, separator: str, number: int, path: Path) -> list[str]:
    """Return the cells of one line; by itself, so that a stray quotation mark cannot swallow the rows below it."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True), [])]
    except csv.Error as error:
        raise DataError(
            f"line {number} cannot be read ({error})", where=path, expected="quotation marks closed on the same line"
        ) from None


def is_missing(text: str) -> bool:
    """Tell whether a cell says that nothing is known."""
    return text.strip().lower() in MISSING


def person_name(text: str) -> str:
    """Return a participant's name with the ``sub-`` that BIDS puts before it."""
    return text if text.startswith("sub-") else f"sub-{text}"


def sex_of(text: str) -> str:
    """Return M, F, or n/a for whatever cannot be told for sure (numbers mean different things in different studies)."""
    word = text.strip().lower()
    if word in ("m", "male", "man"):
        return "M"
    return "F" if word in ("f", "female", "woman") else "n/a"
