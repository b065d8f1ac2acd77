"""A table as it is laid out to rows of a cell each: what each column is, by its headings and by what stands below.

Columns of levels become a column that says which level, sections of a list a column that says which question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int

from remembrain._text import few, shown
from remembrain.cohort.numbers import Decimal
from remembrain.cohort.separators import convention
from remembrain.errors import Problem
from remembrain.survey.published.cells import OF_MEAN, Column, Long, Numbers, Told, read_numbers
from remembrain.survey.published.grid import Grid, Part, is_number
from remembrain.survey.published.headings import Heading, headings_of
from remembrain.survey.published.pairs import parted_pairs
from remembrain.survey.published.vocabulary import Vocabulary
from remembrain.survey.published.words import (
    ATTRIBUTES,
    LEVEL,
    NUMBERS,
    VARIABLE,
    Measure,
    form,
    measure_of,
    measures_in,
    status_of,
)

_LOOKED_AT = 20_000
_MOST_LEVELS = 1000
_WHICH = frozenset(("row", "col", "column", "cell", "total", "valid"))
"""Words that tell percentages of one table apart."""

_Measured: TypeAlias = tuple[Measure, str, str]
"""What is measured, the question of a mean, and which of several percentages."""


def melted(part: Part, vocabulary: Vocabulary, problems: list[Problem]) -> list[Long]:
    """Return the rows of a table, by what is measured.

    Parameters
    ----------
    part
        A table of a sheet.
    vocabulary
        What questions and levels are called.
    problems
        Gets what cannot be read; and, as no fatal ones, columns that are not used.
    """
    grid, rows = part.grid, part.rows
    columns = [column.take(rows) for column in grid.columns]
    before = len(problems)
    headings = headings_of(part, vocabulary, problems)
    if len(problems) > before:
        return []
    columns, headings = parted_pairs(columns, headings)
    named, told = _roles(columns, headings, vocabulary, grid.where, problems)
    line = grid.line[rows]
    kept, named = _sections(named, told, columns, vocabulary)
    named = _filled_down(named, vocabulary)
    decimal = _decimal([(headings[place], columns[place]) for place in told], grid, problems)
    numbers = {place: _numbers(columns[place], headings[place], decimal) for place in told}
    for place in told:
        for row, text in numbers[place].strangers:
            what = f"{shown(text)!r} below {shown(headings[place].name)!r} is no number and no mark that is known"
            problems.append(Problem(f"{grid.where} line {line[row]}", what))
    of_people, totals = _rows_of_people(named, len(rows), vocabulary)
    found = []
    for rows_kept, texts, people in ((kept[~of_people[kept]], named, False), (kept[of_people[kept]], totals, True)):
        told_as = {place: replace(headings[place], measure="count") if people else headings[place] for place in told}
        melt = _Melt(grid.where, part.context, texts, line, rows_kept)
        by_measure = _by_measure({place: (told_as[place], numbers[place]) for place in told}, part.context)
        for (measure, about, _), places in by_measure.items() if len(rows_kept) else ():
            found.append(melt.rows_of(measure, about, [(told_as[place], numbers[place]) for place in places]))
    return found


def _rows_of_people(
    named: Mapping[str, Column], rows: int, vocabulary: Vocabulary
) -> tuple[Bool[np.ndarray, "row"], dict[str, Column]]:
    """Return the rows of how many people others are, with *Base* or *N* in place of a level, and these as totals."""
    found = np.zeros(rows, dtype=bool)
    totals = dict(named)
    for place, (name, column) in enumerate(named.items()):
        if len(column.texts) > _MOST_LEVELS or not (place == 0 or vocabulary.has_question(name) or form(name) in LEVEL):
            continue
        texts = column.listed
        base = np.array([measure_of(text) in ("count", "of") and not vocabulary.knowing([text]) for text in texts])
        if base.any():
            found |= base[column.code]
            said = ["Total" if one else text for text, one in zip(texts, base, strict=True)]
            totals[name] = replace(column, texts=pa.array(said, pa.string()))
    return found, totals


def _roles(
    columns: Sequence[Column],
    headings: Sequence[Heading],
    vocabulary: Vocabulary,
    where: str,
    problems: list[Problem],
) -> tuple[dict[str, Column], list[int]]:
    """Return the columns of text by name, and the places of columns whose numbers are used."""
    named: dict[str, Column] = {}
    numeric: list[int] = []
    for place, (column, heading) in enumerate(zip(columns, headings, strict=True)):
        name = heading.name or f"column {place + 1}"
        if _holds_numbers(column, heading, vocabulary):
            numeric.append(place)
        elif name in named:
            problems.append(Problem(where, f"has the column {shown(name)} twice"))
        else:
            named[name] = column
    told = [place for place in numeric if headings[place].is_told]
    others = [place for place in numeric if not headings[place].is_told]
    if len(others) == 1 and not told:
        return named, others
    if unused := [headings[place].name for place in others if form(headings[place].name) not in ATTRIBUTES]:
        problems.append(Problem(where, f"columns of numbers that are not used: {few(unused)}", fatal=False))
    return named, told


def _by_measure(told: Mapping[int, tuple[Heading, Numbers]], context: str) -> dict[_Measured, list[int]]:
    """Return the columns of numbers by what they measure, and of which question a mean is or people of a mean are.

    Percentages of rows are told apart from those of columns.
    """
    found: dict[_Measured, list[int]] = {}
    for place, (heading, numbers) in told.items():
        measure = heading.measure or _default(heading, context, percent=numbers.percent)
        which = " ".join(sorted(_WHICH & set(form(heading.name).split()))) if heading.measure == "percent" else ""
        found.setdefault((measure, heading.about, which), []).append(place)
    means = {about or OF_MEAN for measure, about, _ in found if measure in NUMBERS}
    if len(means) == 1:
        return {(measure, about or max(means), which): places for (measure, about, which), places in found.items()}
    if means:  # of which of them the others are is not said
        return {key: places for key, places in found.items() if key[0] in NUMBERS or key[1]}
    return found


@dataclass(frozen=True, eq=False)
class _Melt:
    """The columns of text of a table, of the rows that hold cells."""

    where: str
    context: str
    named: Mapping[str, Column]
    line: Int[np.ndarray, "row"]
    kept: Int[np.ndarray, "row"]

    def rows_of(self, measure: Measure, about: str, told: Sequence[tuple[Heading, Numbers]]) -> Long:
        """Return the rows of what is measured in several columns, one column after the other."""
        repeated = np.tile(self.kept, len(told))
        columns = {name: column.take(repeated) for name, column in self.named.items()}
        for question in dict.fromkeys(name for heading, _ in told for name in heading.levels):
            texts = [heading.levels.get(question, "Total") for heading, _ in told]
            columns[question] = Column.of(texts).take(np.repeat(np.arange(len(told)), len(self.kept)))
        value = np.concatenate([numbers.value[self.kept] for _, numbers in told])
        every = [numbers for _, numbers in told]
        marks = sum((numbers.marks for numbers in every[1:]), every[0].marks)
        written = [numbers.own[self.kept] for numbers in every if numbers.own is not None]
        own = np.concatenate(written) if len(written) == len(every) else None
        together = Numbers(value, max(n.places for n in every), all(n.percent for n in every), marks, own=own)
        return Long(self.where, columns, (Told(measure, together, about),), self.line[repeated], self.context)


def _holds_numbers(column: Column, heading: Heading, vocabulary: Vocabulary) -> bool:
    """Tell whether a column is one of numbers and marks, and not of levels that may be numbers too."""
    texts = column.texts.slice(0, _LOOKED_AT).to_pylist()
    question = vocabulary.question(heading.name)
    if question is not None and question.kind == "categorical" and not heading.measure and not heading.levels:
        return False
    if not any(map(is_number, texts)) and len(texts) > 1 and vocabulary.knowing(texts):
        return False  # bands below the name of their number, levels of a question named freq
    if heading.is_told and (heading.measure or heading.levels or heading.about):
        return True
    numbers = sum(is_number(text) for text in texts)
    marks = sum(status_of(text) is not None for text in texts)
    return numbers > 0 and numbers + marks >= 0.9 * len(texts) and (heading.total or not _is_apart(heading.name))


def _is_apart(name: str) -> bool:
    """Tell whether a heading is of a column that is no number, whatever stands below."""
    return form(name) in VARIABLE | LEVEL | {"year", "time", "time period", "period", "jahr", "date"}


def _sections(
    named: Mapping[str, Column], told: Sequence[int], columns: Sequence[Column], vocabulary: Vocabulary
) -> tuple[Int[np.ndarray, "row"], dict[str, Column]]:
    """Return the rows that hold cells, and columns in which sections of a list have become a column of their own."""
    rows = np.arange(len(columns[0]))
    first = next(iter(named), None)
    empty = ~np.column_stack([columns[place].filled for place in told]).any(axis=1) if told else rows < 0
    if first is None or not empty.any() or named[first] is not columns[0]:
        return rows, dict(named)
    names = [one.name if (one := vocabulary.question(text)) else "" for text in named[first].listed]
    is_name = np.array([bool(name) for name in names])[named[first].code]
    begins = empty & is_name
    if not begins.any() or not begins[0]:
        return rows, dict(named)
    place = np.maximum.accumulate(np.where(begins, rows, 0))
    sections = Column.of(names).take(named[first].code[place])
    kept = rows[~begins]
    return kept, {
        **{name: column for name, column in named.items() if name != first},
        "variable": sections,
        "level": named[first],
    }


def _filled_down(named: Mapping[str, Column], vocabulary: Vocabulary) -> dict[str, Column]:
    """Return columns in which a level that stands in the first of several rows stands in all of them."""
    found = dict(named)
    of_levels = [name for name in named if vocabulary.has_question(name) or form(name) in VARIABLE | LEVEL]
    for name in [*of_levels[:-1], *([] if of_levels else list(named)[:-1])]:
        column = named[name]
        question = vocabulary.question(name)
        is_level = question is not None and "" in (*question.titles, *question.levels)
        if column.filled.all() or not column.filled[:1].all() or is_level:
            continue
        place = np.maximum.accumulate(np.where(column.filled, np.arange(len(column)), 0))
        found[name] = column.take(place)
    return found


def _decimal(told: Sequence[tuple[Heading, Column]], grid: Grid, problems: list[Problem]) -> Decimal:
    """Return the decimal separator of a table; where it cannot be told, that is a problem.

    Where semicolons part cells, as where the comma is that of decimals, and no number has a point, a comma is one.
    """
    cells = {
        f"{place}: {heading.name}": column.texts.slice(0, _LOOKED_AT).to_pylist()
        for place, (heading, column) in enumerate(told)
        if heading.measure not in ("count", "of")
    }
    decided = convention(cells)
    if decided.doubt and grid.separator == ";" and not any("." in text for texts in cells.values() for text in texts):
        return ","
    if decided.doubt:
        what = decided.doubt.replace(", or say --decimal , or --decimal .", "")
        problems.append(Problem(grid.where, what.replace("say --decimal , or --decimal .", "write all in one way")))
    return decided.decimal


def _numbers(column: Column, heading: Heading, decimal: Decimal) -> Numbers:
    """Return the numbers of a column; those of people are whole, whichever separator of thousands they have."""
    read = read_numbers(column, decimal)
    if heading.measure in ("count", "of") and not _are_whole(read):
        other = read_numbers(column, "," if decimal == "." else ".")
        return other if _are_whole(other) else read
    return read


def _are_whole(numbers: Numbers) -> bool:
    """Tell whether all are whole numbers, written without a separator of decimals."""
    known = numbers.value[np.isfinite(numbers.value)]
    return not numbers.strangers and numbers.places == 0 and bool((known == np.round(known)).all())


def _default(heading: Heading, context: str, *, percent: bool) -> Measure:
    """Return what numbers are of which no heading says it: by their sign, or by the title."""
    said = measures_in(context)
    if percent:
        return "percent"
    return said.pop() if len(said) == 1 and not (heading.about and not said & set(NUMBERS)) else "value"
