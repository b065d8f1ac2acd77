"""The rows of a paper's table as they stand, by what each of their columns is, and what one is once understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from remembrain.survey.columns import Question
from remembrain.survey.published.specs import Spec, label_of
from remembrain.survey.published.table_one_parts import Parts, cells_of

RowKind: TypeAlias = Literal["number", "level", "answered", "no answer", "everybody", "people"]


@dataclass(frozen=True)
class Line:
    """A row as it stands: its label, the level and what is told where these have columns, and its cells."""

    line: int
    label: str
    level: str
    told: str
    cells: tuple[str, ...]

    @property
    def filled(self) -> bool:
        """Whether anything is told in it."""
        return any(self.cells)


@dataclass(frozen=True)
class Fact:
    """A row that is understood: of how many people others are (``people``), or of which question and level it is."""

    kind: RowKind
    line: Line
    question: Question | None = None
    level: int = -1
    spec: Spec | None = None
    said: bool = True
    """Whether it is said what the row tells, and not taken for people because it is of a level."""


def lines_of(
    rows: Sequence[tuple[int, Sequence[str]]],
    told: int | None,
    level: int | None,
    numbers: Sequence[int],
    parts: Sequence[Parts] | None = None,
) -> list[Line]:
    """Return rows by what each of their columns is; one that has several kinds of numbers several times."""
    parts = [()] * len(numbers) if parts is None else parts
    single = all(len(of_group) < 2 for of_group in parts)  # a label says more than a heading of one column
    return [
        Line(
            number,
            row[0],
            row[level] if level is not None else "",
            (kind if not (single and label_of(row[0]).spec) else "") or (row[told] if told is not None else ""),
            cells,
        )
        for number, row in rows
        for kind, cells in cells_of(row, parts, numbers)
    ]
