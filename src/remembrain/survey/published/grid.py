"""A sheet of cells as somebody laid it out, and its parts: titles, headings, rows, footnotes, one table after another.

Nothing is left out but what stands alone in its row and is no level: a title or a footnote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from remembrain.cohort.numbers import number
from remembrain.survey.published.cells import Column
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import is_total, measure_beside, measure_of, status_of, without_flag

MOST_HEADINGS = 4
_NOTE = re.compile(r"(?:sources?|notes?|footnotes?|quelle|anmerkung\w*)\b\s*[:.]|[©*†‡]", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells of a sheet, column by column; ``line`` is that of each row, ``context`` what names the sheet.

    ``separator`` is what parts cells, of a file of text.
    """

    where: str
    columns: tuple[Column, ...]
    line: Int[np.ndarray, "row"]
    context: str = ""
    separator: str = ""

    def row(self, place: int) -> list[str]:
        """Return the texts of a row."""
        return [column.text(place) for column in self.columns]


@dataclass(frozen=True, eq=False)
class Part:
    """One table of a sheet: its rows of heading, its rows of cells, and the titles above it."""

    grid: Grid
    headings: tuple[tuple[str, ...], ...]
    rows: Int[np.ndarray, "row"]
    context: str


def grid_of(rows: Sequence[Sequence[str]], where: str, context: str, lines: Sequence[int] | None = None) -> Grid:
    """Return rows of any lengths as a grid."""
    width = max(map(len, rows), default=0)
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    columns = tuple(Column.of([row[place] for row in full]) for place in range(width))
    line = np.arange(1, len(rows) + 1) if lines is None else np.array(lines, dtype=int)
    return Grid(where, columns, line, context)


def parts_of(grid: Grid, vocabulary: Vocabulary) -> list[Part]:
    """Return the tables of a sheet: rows without anything stand between them, or between the rows of one."""
    if not grid.columns or not len(grid.line):
        return []
    filled = np.column_stack([column.filled for column in grid.columns])
    parts: list[Part] = []
    titles: list[str] = []
    for rows in _runs(np.asarray(filled.any(axis=1))):
        alone = ~filled[rows][:, 1:].any(axis=1)
        first = int(np.argmin(alone)) if not alone.all() else len(rows)
        if parts and _goes_on(parts[-1], rows, vocabulary):
            last = parts[-1]
            parts[-1] = Part(grid, last.headings, np.concatenate([last.rows, rows]), last.context)
            continue
        titles += [grid.columns[0].text(row) for row in rows[:first]]
        if first == len(rows):
            continue
        headings = _headings(grid, rows[first:], vocabulary)
        parts.append(Part(grid, headings, rows[first + len(headings) :], "\n".join([grid.context, *titles])))
        titles = []
    parts = [_without_footnotes(part, filled, vocabulary) for part in parts]
    return [part for part in parts if len(part.rows)]


def is_number(text: str) -> bool:
    """Tell whether a cell holds a number, whatever separators it has."""
    bare = without_flag(text).removesuffix("%").strip()
    return number(bare) is not None or number(bare, ",") is not None


def _runs(some: Bool[np.ndarray, "row"]) -> list[Int[np.ndarray, "row"]]:
    """Return the rows between empty ones."""
    rows = np.flatnonzero(some)
    return np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []


def _goes_on(part: Part, rows: Int[np.ndarray, "row"], vocabulary: Vocabulary) -> bool:
    """Tell whether rows after an empty one are more of the same table: numbers stand where they stood there."""
    grid = part.grid
    of_numbers = {place for row in part.rows[:2] for place, text in enumerate(grid.row(int(row))) if is_number(text)}
    for row in rows[:2]:
        cells = grid.row(int(row))
        if not any(cells[1:]):
            if vocabulary.has_question(cells[0]):
                continue
            return False
        told = [cells[place] for place in of_numbers - {0} if cells[place]]
        numbers = all(is_number(text) or status_of(text) is not None for text in told)
        beside = any(text for place, text in enumerate(cells) if place and place not in of_numbers)
        return bool(told) and numbers and (beside or (bool(cells[0]) and not vocabulary.has_question(cells[0])))
    return False


def _headings(grid: Grid, rows: Int[np.ndarray, "row"], vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a heading: the first, and those below that say more of the columns."""
    found = [grid.row(int(rows[0]))]
    for row in rows[1:MOST_HEADINGS]:
        cells = grid.row(int(row))
        told = [text for text in cells[1:] if text]
        if not told:
            break
        of_measures = all(measure_of(text) or measure_beside(text) for text in told)
        of_words = not any(is_number(text) for text in cells) and _is_heading(cells, vocabulary)
        of_codes = _names_only(found, vocabulary) and _is_heading(cells, vocabulary)
        if not (of_measures or (of_words and not _is_complete(found, rows, grid)) or of_codes):
            break
        found.append(cells)
    return tuple(tuple(cells) for cells in found)


def _is_complete(found: Sequence[Sequence[str]], rows: Int[np.ndarray, "row"], grid: Grid) -> bool:
    """Tell whether every column with something below has a heading of its own."""
    below = [any(column.text(int(row)) for row in rows[len(found) : len(found) + 20]) for column in grid.columns]
    return all(text or not some for text, some in list(zip(found[-1], below, strict=True))[1:])


def _names_only(found: Sequence[Sequence[str]], vocabulary: Vocabulary) -> bool:
    """Tell whether a heading has named questions above its columns so far, and no level and no measure."""
    told = [text for cells in found for text in cells[1:] if text]
    names = all(vocabulary.has_question(text) and not measure_of(text) for text in told)
    return names and len(told) < len(found[0]) - 1


def _is_heading(cells: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Tell whether the cells of a row beyond the first name levels of one question, or measures."""
    told = [text for text in dict.fromkeys(cells[1:]) if text and not measure_of(text)]
    levels = [text for text in told if not is_total(text)]
    named = all(vocabulary.has_question(text) for text in told)
    split = all(measure_beside(text) for text in told)
    return named or split or bool(levels and vocabulary.knowing(levels))


def _without_footnotes(part: Part, filled: Bool[np.ndarray, "row column"], vocabulary: Vocabulary) -> Part:
    """Return a table without the notes at its end, and rows there whose only cell is the first and is no level."""
    rows, grid = part.rows, part.grid
    while len(rows):
        text = grid.columns[0].text(int(rows[-1]))
        alone = not filled[rows[-1]][1:].any()
        if not (_NOTE.match(text) or (alone and not is_total(text) and not vocabulary.knowing([text]))):
            break
        rows = rows[:-1]
    return Part(grid, part.headings, rows, part.context)
