"""A table of a row a region: which sheet is one, and what its columns and rows are.

Regions are the names of columns of numbers in DATA. Knows nothing of what is made of the numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from remembrain._text import few, shown
from remembrain.survey.columns import Question
from remembrain.survey.published.cells import NO_ANSWER, Column
from remembrain.survey.published.grid import MOST_HEADINGS, Grid, is_number
from remembrain.survey.published.groups import level_of
from remembrain.survey.published.meaning import Understood
from remembrain.survey.published.regional_headings import (
    CONTRASTS,
    OF_PAIRS,
    RegionalHeading,
    numbers_in,
    read_heading,
)
from remembrain.survey.published.regional_keys import REGIONS, key_of, side_column
from remembrain.survey.published.vocabulary import STRANGE, Vocabulary, places_in
from remembrain.survey.published.words import form

_LOOKED_AT = 200


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of regions: the region of each of its rows, what stands over columns, and all texts around them.

    ``rows`` are places among the lines of the grid; ``levels`` are the places of levels by question, of every row.
    """

    grid: Grid
    regions: tuple[str, ...]
    rows: Int[np.ndarray, "row"]
    headings: Mapping[int, RegionalHeading]
    levels: Mapping[str, Int[np.ndarray, "row"]]
    context: str

    def line(self, row: int) -> int:
        """Return the line of a row in its file."""
        return int(self.grid.line[self.rows[row]])

    def texts(self, column: int) -> list[str]:
        """Return what stands in a column, row by row."""
        return [self.grid.columns[column].text(int(row)) for row in self.rows]


def is_regional(
    grid: Grid,
    vocabulary: Vocabulary,
    questions: tuple[Question, ...],
    between: Question | None,
    *,
    elsewhere: bool = False,
) -> bool:
    """Tell whether rows of a sheet are named by columns of numbers of DATA, and headings say a statistic of them.

    ``questions`` and ``between`` are as in :func:`~.regional_headings.read_heading`. A sheet that is read ``elsewhere``
    is one where its first column is said to be of regions, or two groups are compared.
    """
    found = key_of(grid, vocabulary) if key_of(grid, vocabulary, _LOOKED_AT) else None
    if found is None:
        return False
    top, _ = _body(grid, found)
    texts = _texts_over(grid, top)[0]
    read = [read_heading(text, questions, between) for text in texts]
    groups = [one for one in read if not one.kinds and one.people is not None] or _are_levels(texts, vocabulary)
    named = form(grid.columns[found[0]].text(top[-1])) if top else ""
    said = any(not set(CONTRASTS).isdisjoint(one.kinds) if elsewhere else one.tells for one in read)
    return (named in REGIONS or said) and not groups


def _are_levels(texts: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Tell whether several headings are nothing but levels of a question: M and F are no mean, and no number of F."""
    of_levels = [text for text in dict.fromkeys(texts) if text]
    return any(
        len({level_of(one, text) for text in of_levels} - {None}) > 1
        for one in vocabulary.questions
        if one.kind == "categorical"
    )


def says_statistics(grid: Grid, questions: tuple[Question, ...], between: Question | None) -> bool:
    """Tell whether a heading near the top says a statistic that a row of a region alone would hold."""
    texts = {text for row in range(min(2 * MOST_HEADINGS, len(grid.line))) for text in grid.row(row)}
    return any(read_heading(text, questions, between).tells for text in texts)


def sheet_of(
    grid: Grid,
    vocabulary: Vocabulary,
    questions: tuple[Question, ...],
    between: Question | None,
    understood: Understood,
    *,
    adjusted: bool = False,
) -> Sheet:
    """Return what stands where, with everything that is not used named, and what is not clear asked.

    Parameters
    ----------
    grid
        A sheet that is a regional one.
    vocabulary
        What regions are called.
    questions, between
        Of whose levels numbers may be, and which of them are compared.
    understood
        Gets what is to be said.
    adjusted
        Which columns are meant where a statistic is told with adjustment and without.
    """
    key, names = key_of(grid, vocabulary) or (-1, [])
    top, named = _body(grid, (key, names))
    rows = np.array(named, dtype=int)
    headings = _headings(grid, top, questions, between)
    told = {(one.kinds, one.levels) for one in headings.values() if one.adjusted == adjusted}
    headings = {
        place: one for place, one in headings.items() if one.adjusted == adjusted or (one.kinds, one.levels) not in told
    }
    if not any(one.tells or "p" in one.kinds for one in headings.values()):
        what = "no heading says a statistic that is known: name columns as mean, sd, n, or d (patients - controls)"
        understood.ask(grid.where, what)
    if vague := [one.name for one in headings.values() if "effect" in one.kinds]:
        understood.ask(grid.where, f"what {few(vague)} is is not said: name it d, Hedges g, t or z, or take it out")
    levels, beside = _levels(grid, rows, [place for place in range(len(grid.columns)) if place not in headings],
                             questions, understood)  # fmt: skip
    sides = side_column(grid)
    texts = _texts_over(grid, top)[0]
    unused = [
        texts[place] or f"column {place + 1}"
        for place, column in enumerate(grid.columns)
        if place not in (*headings, *beside, key, sides) and column.take(rows).filled.any()
    ]
    if unused:
        understood.note(grid.where, f"columns that are not used: {few(unused)}")
    around = _around(grid, top, set(named), key, questions, between, understood)
    kept = np.flatnonzero(~np.any([place == NO_ANSWER for place in levels.values()], axis=0)) if levels else ...
    regions = np.array([names[row] for row in named], dtype=object)[kept]
    levels = {name: place[kept] for name, place in levels.items()}
    return Sheet(grid, tuple(regions), rows[kept], headings, levels, "\n".join([grid.context, *around]))


def _body(grid: Grid, key: tuple[int, Sequence[str]]) -> tuple[list[int], list[int]]:
    """Return the rows of headings, those right above the first row with a number, and the rows that name a region."""
    place, names = key
    first = next(
        (
            row
            for row, name in enumerate(names)
            if name or any(is_number(column.text(row)) for other, column in enumerate(grid.columns) if other != place)
        ),
        0,
    )
    over = [row for row in range(first) if any(column.text(row) for column in grid.columns[1:])]
    return over[-MOST_HEADINGS:], [row for row, name in enumerate(names) if name]


def _texts_over(grid: Grid, top: Sequence[int]) -> tuple[list[str], list[str]]:
    """Return what stands over each column: with what stands over several columns, and without."""
    own = [[column.text(row) for column in grid.columns] for row in top]
    filled = [list(row) for row in own]
    for row in filled[:-1]:
        for place in range(1, len(row)):
            row[place] = row[place] or row[place - 1]
    over, alone = (
        [" ".join(dict.fromkeys(row[place] for row in rows if row[place])) for place in range(len(grid.columns))]
        for rows in (filled, own)
    )
    return over, alone


def _headings(
    grid: Grid, top: Sequence[int], questions: tuple[Question, ...], between: Question | None
) -> dict[int, RegionalHeading]:
    """Return what is read of the columns of statistics.

    What stands over several columns, where its end is not marked, is not over what is of both groups.
    """
    found: dict[int, RegionalHeading] = {}
    for place, (whole, own) in enumerate(zip(*_texts_over(grid, top), strict=True)):
        alone = read_heading(own, questions, between)
        read = alone if OF_PAIRS & set(alone.kinds) else read_heading(whole, questions, between)
        if read.kinds:
            found[place] = read
    counted = {place: numbers_in(heading.name) for place, heading in found.items()}
    every = {number for text in _texts_over(grid, top)[0] for number in numbers_in(text)}
    if any(every & set(one.levels) and every - set(one.levels) for one in questions):
        found = {place: heading for place, heading in found.items() if not counted[place]}  # n1 and n2 are no codes
    names = [form(heading.name) for heading in found.values()]
    if "z" in names and {"x", "y"} <= {form(text) for text in _texts_over(grid, top)[1]}:
        found = {place: heading for place, heading in found.items() if form(heading.name) != "z"}  # a place
    return found


def _levels(
    grid: Grid,
    rows: Int[np.ndarray, "row"],
    places: Sequence[int],
    questions: tuple[Question, ...],
    understood: Understood,
) -> tuple[dict[str, Int[np.ndarray, "row"]], list[int]]:
    """Return the level of each row by question, where a column says it, and which columns these are."""
    found: dict[str, Int[np.ndarray, "row"]] = {}
    columns: list[int] = []
    for place in places:
        column = grid.columns[place].take(rows)
        able = [one for one in questions if one.name not in found and _is_of(one, grid, place, column)]
        if len(able) != 1:
            continue
        (question,) = able
        at = _places(question, column)
        for text in np.flatnonzero(at == STRANGE).tolist():
            row = int(np.argmax(column.code == text))
            what = f"{shown(column.listed[text])!r} is no level of {shown(question.name)} ({few(question.titles)})"
            understood.ask(f"{grid.where} line {grid.line[rows[row]]}", what)
        found[question.name] = at[column.code].astype(np.int32)
        columns.append(place)
    return found, columns


def _is_of(question: Question, grid: Grid, place: int, column: Column) -> bool:
    """Tell whether a column says levels of a question: by its name, or because all of its texts are."""
    named = any(form(grid.columns[place].text(row)) == form(question.name) for row in range(min(4, len(grid.line))))
    at = _places(question, column)
    return named or bool((at >= 0).any() and (at != STRANGE).all())


def _places(question: Question, column: Column) -> Int[np.ndarray, "text"]:
    """Return which level each text is, in the plural too."""
    at = places_in(question, column).copy()
    for text in np.flatnonzero(at == STRANGE).tolist():
        level = level_of(question, column.listed[text])
        at[text] = STRANGE if level is None else level
    return at


def _around(
    grid: Grid,
    top: Sequence[int],
    named: set[int],
    key: int,
    questions: tuple[Question, ...],
    between: Question | None,
    understood: Understood,
) -> list[str]:
    """Return titles and notes; say which rows are of no region, and where another heading stands."""
    around, strange = [], []
    for row in range(len(grid.line)):
        cells = [text for text in grid.row(row) if text]
        if row in named or row in top or not cells:
            continue
        if len(cells) == 1:
            around.append(cells[0])
        elif not any(map(is_number, cells)) and any(read_heading(one, questions, between).tells for one in cells):
            where = f"{grid.where} line {int(grid.line[row])}"
            understood.ask(where, "is another heading: put each table into a file of its own")
        else:
            strange.append(grid.columns[key].text(row) or cells[0])
    if strange:
        understood.note(grid.where, f"rows of what is no column of numbers in DATA are not used: {few(strange)}")
    return around
