"""Tables of one set of columns and several measures, as CAT12 writes one of each tissue: told apart by their files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from remembrain.cohort.numbers import number
from remembrain.cohort.tsv import is_missing

MOST = 0.5
"""Two columns of one name are of two measures where more of their cells differ; a table, where more columns do."""


def differ(mine: Sequence[str], theirs: Sequence[str], same: Sequence[bool]) -> bool:
    """Tell whether two columns are of two measures: of most people both say a number, and not the same one."""
    pairs = zip(mine, theirs, same, strict=True)
    said = [alike for one, other, alike in pairs if not (is_missing(one) or is_missing(other))]
    numeric = all(_is_number(cell) for cell in {*mine, *theirs} if not is_missing(cell))
    return numeric and said.count(False) > MOST * len(said)


def names_of_measure(apart: Collection[str], path: Path, first: Path, taken: Collection[str]) -> Mapping[str, str]:
    """Return what columns of a file are called that another file has with other numbers.

    Parameters
    ----------
    apart
        These columns.
    path, first
        Their file, and the other.
    taken
        Names that other columns have.

    Returns
    -------
    names
        With the words before them that tell the two files apart, or else the whole name of the file; empty where these
        are taken too.
    """
    for word in (_telling(path, first), path.stem):
        names = {name: f"{word}_{name}" for name in apart}
        if word and not {*names.values()} & {*taken}:
            return names
    return {}


def _telling(path: Path, first: Path) -> str:
    """Return the words in a file's name that are not in another's."""
    theirs = {*_words(first)}
    return "_".join(word for word in _words(path) if word not in theirs)


def _words(path: Path) -> list[str]:
    """Return the words of a file's name."""
    return [word for word in re.split(r"[\W_]+", path.stem) if word]


def _is_number(text: str) -> bool:
    """Tell whether a cell is a number with one of the decimal separators."""
    return number(text, ".") is not None or number(text, ",") is not None
