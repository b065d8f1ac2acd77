"""The cells of a table as text: of one file, or of several that were joined, each column with the file it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from remembrain.errors import Problem


@dataclass(frozen=True)
class Origin:
    """The file that a column is of, and the line of each row there."""

    path: Path
    lines: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class TextTable:
    """The cells of a table as stripped text, the line on which each row begins, and what was understood on the way.

    Attributes
    ----------
    frame, lines, notes
        Of the file.
    origins
        Where a column comes from, if not from that file: from another one, which was joined to it.
    facts
        Columns of another file that say something of people, and are no measures.
    passed_over
        Columns of files that were joined which another one says as well.
    problems
        What is to be said of the join.
    """

    frame: pd.DataFrame
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()
    passed_over: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    def distinct(self) -> TextTable:
        """Return the table without rows that repeat another in every cell."""
        first = ~self.frame.duplicated().to_numpy()
        if first.all():
            return self
        note = f"has {int((~first).sum())} rows that repeat another in every cell, and count once"
        lines = tuple(line for line, stays in zip(self.lines, first, strict=True) if stays)
        return replace(self, frame=self.frame[first].reset_index(drop=True), lines=lines, notes=(*self.notes, note))

    def origin(self, column: str, path: Path) -> Origin:
        """Return where a column comes from, in a table of which this file is the first."""
        return self.origins.get(column, Origin(path, self.lines))
