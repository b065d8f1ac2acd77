"""What the user says of a table's columns, and the columns as far as they are understood: passed from hand to hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float

from remembrain._text import few
from remembrain.cohort.numbers import Decimal
from remembrain.cohort.text_table import Origin
from remembrain.errors import Problem


@dataclass(frozen=True)
class Reading:
    """What the user says of a table's columns and cells, of which the program would ask or guess otherwise.

    Attributes
    ----------
    drop, keep
        Columns that are no measures; columns that are, whatever they look like.
    decimal
        The decimal separator.
    missing_codes, keep_values
        Codes that say *missing*, and numbers that do not though they look like it: CODE, or COLUMN=CODE.
    raw
        Whether a network scales the columns itself, so that every one must reach it as it is.
    facts_alone
        Whether no model reads the columns: they are facts of people, and there need be none.
    brought
        Whether a model of the user's reads them: as they are, words and missing cells too.
    only
        The columns that such a model names; no other is a measure.
    """

    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    decimal: Decimal | None = None
    missing_codes: tuple[str, ...] = ()
    keep_values: tuple[str, ...] = ()
    raw: bool = False
    facts_alone: bool = False
    brought: bool = False
    only: tuple[str, ...] = ()

    @property
    def as_they_are(self) -> bool:
        """Whether columns reach the model as they are."""
        return self.raw or self.brought

    def codes(self, column: str) -> frozenset[str]:
        """Return the codes for *missing* in this column."""
        return _of_column(self.missing_codes, column)

    def kept_values(self, column: str) -> frozenset[str]:
        """Return the numbers that are values in this column."""
        return _of_column(self.keep_values, column)

    def columns_named(self) -> dict[str, str]:
        """Return the columns that have to be there, with the option that names each."""
        named = dict.fromkeys(self.drop, "--drop") | dict.fromkeys(self.keep, "--keep")
        for option, codes in (("--missing-codes", self.missing_codes), ("--keep-values", self.keep_values)):
            named |= {code.rpartition("=")[0]: option for code in codes if "=" in code}
        return named


def _of_column(codes: Iterable[str], column: str) -> frozenset[str]:
    """Return the codes that are said of every column, or of this one."""
    parts = [code.rpartition("=") for code in codes]
    return frozenset(code.strip() for name, _, code in parts if name in ("", column))


@dataclass
class Features:
    """The columns as they are understood so far, and what there is to say of them.

    Attributes
    ----------
    where
        The file.
    lines
        The line of each row, for messages.
    origins
        Columns that come from another file than that, with their lines.
    kept
        Numbers, or levels with None where there is none, by column.
    unread
        Numeric columns of which some cells are no numbers: nothing more is said of them.
    """

    where: str
    lines: Sequence[int]
    kept: dict[str, pd.Series] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def file(self, column: str) -> str:
        """Return the name of the file that a column is of."""
        return self.origins[column].path.name if column in self.origins else self.where

    def line(self, row: int, column: str = "") -> int:
        """Return the line of a row, in the file of a column."""
        return self.origins[column].lines[row] if column in self.origins else self.lines[row]

    def note(self, what: str) -> None:
        """Say what was understood or done, in words that name nobody."""
        self.problems.append(Problem(self.where, what, fatal=False))

    def ask(self, what: str, column: str = "", summary: str = "") -> None:
        """Say what cannot be decided without the user."""
        where = f"{self.file(column)}: {column}" if column else self.where
        self.problems.append(Problem(where, what, summary=summary))

    def numbers(self) -> dict[str, Float[np.ndarray, "row"]]:
        """Return the numeric columns."""
        return {name: column.to_numpy(dtype=float) for name, column in self.kept.items() if is_numeric(column)}

    def leave_out(self, names: Collection[str], why: str) -> None:
        """Take columns out, and say so once for all that have the same reason."""
        for name in names:
            self.kept.pop(name, None)
        if names:
            self.note(f"{columns(names)} {why}")


def columns(names: Collection[str]) -> str:
    """Return how many columns there are, and the names of the first."""
    return f"{len(names)} column{'s' * (len(names) != 1)} ({few(names)})"


def number_of(times: int, kind: str = "") -> str:
    """Return a number of cells of a kind in words."""
    return f"{times} {kind}cell{'s' * (times != 1)}"


def is_numeric(column: pd.Series) -> bool:
    """Tell whether a column holds numbers."""
    return bool(pd.api.types.is_numeric_dtype(column))
