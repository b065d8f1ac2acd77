"""Cells of the tables that go with a data set: which say nothing, and how they name people."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from remembrain.cohort.textfile import read_text_table

MISSING = frozenset({"", "n/a", "na", "nan", "none", "null", "<na>", "nat"})


def read_rows(path: Path) -> pd.DataFrame:
    """Read every cell of a table as text, stripped; how it is separated and encoded is found (:mod:`.textfile`).

    Raises
    ------
    DataError
        Naming the file, and the line where it is broken.
    """
    return read_text_table(path).frame


def is_missing(text: str) -> bool:
    """Tell whether a cell says that nothing is known."""
    return text.strip().lower() in MISSING


def person_name(text: str) -> str:
    """Return a participant's name with the ``sub-`` that BIDS puts before it."""
    return text if text.startswith("sub-") else f"sub-{text}"


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a column's name in lower case: predictedAge and predicted_age are predicted, age."""
    apart = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(word.lower() for word in re.split(r"[\W_]+", apart) if word)
