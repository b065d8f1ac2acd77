"""Rows of a table to cells by question and level: which column is which question, and what its texts are.

A column that parts cells further than any question does must have rows of everybody, which are those taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int

from remembrain._text import few, shown
from remembrain.errors import Problem
from remembrain.survey.columns import Question
from remembrain.survey.published.cells import OF_MEAN, Cells, Column, Long, Told
from remembrain.survey.published.vocabulary import STRANGE, Vocabulary, places_in
from remembrain.survey.published.words import (
    ATTRIBUTES,
    LEVEL,
    NUMBERS,
    STATISTIC,
    VARIABLE,
    Measure,
    form,
    is_total,
    measure_of,
    measures_in,
)


@dataclass
class Understood:
    """Everything that was understood so far, of all files, and what is to be said of it.

    ``other_tests`` are files whose words name tests with which p-values are not held against numbers; ``lost`` are
    questions of which something was asked, each with the kind of table, nothing for all: that they lack says the same.
    """

    cells: list[Cells] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    other_tests: set[str] = field(default_factory=set)
    lost: set[tuple[str, str]] = field(default_factory=set)

    def note(self, where: str, what: str) -> None:
        """Say what was taken for what, or left out."""
        if (problem := Problem(where, what, fatal=False)) not in self.problems:
            self.problems.append(problem)

    def ask(self, where: str, what: str, summary: str = "", lost: Iterable[tuple[str, str]] = ()) -> None:
        """Say what cannot be used as it is, and of which tables nothing is known for it."""
        self.lost.update(lost)
        if (problem := Problem(where, what, summary=summary)) not in self.problems:
            self.problems.append(problem)


def understand_rows(long: Long, vocabulary: Vocabulary, used: frozenset[str], understood: Understood) -> None:
    """Add the cells of a table.

    Parameters
    ----------
    long
        Its rows.
    vocabulary
        What questions and levels are called.
    used
        Questions that tables of the release are of; of others nothing has to be understood.
    understood
        Gets cells and problems.
    """
    for told in long.told:
        if not np.isfinite(told.numbers.value).any() and told.measure == "value":
            continue
        _by_variable(_Rows(long, told), vocabulary, used, understood)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of a table and one kind of numbers in them."""

    long: Long
    told: Told

    def take(self, rows: Int[np.ndarray, "taken"], *, without: str = "") -> _Rows:
        """Return these rows, without a column."""
        long, numbers = self.long, self.told.numbers
        columns = {name: column.take(rows) for name, column in long.columns.items() if name != without}
        line = None if long.line is None else long.line[rows]
        kept = numbers.take(rows)
        return _Rows(Long(long.where, columns, (), line, long.context), Told(self.told.measure, kept, self.told.about))

    def renamed(self, name: str, new: str) -> _Rows:
        """Return the same with another name of a column."""
        columns = {new if key == name else key: column for key, column in self.long.columns.items()}
        long = self.long
        return _Rows(Long(long.where, columns, (), long.line, long.context), self.told)

    def without(self, name: str | None) -> _Rows:
        """Return the same without a column."""
        long = self.long
        columns = {key: column for key, column in long.columns.items() if key != name}
        return _Rows(Long(long.where, columns, (), long.line, long.context), self.told)

    def measured(self, told: Told) -> _Rows:
        """Return the same as other numbers."""
        return _Rows(self.long, told)


def _by_variable(rows: _Rows, vocabulary: Vocabulary, used: frozenset[str], understood: Understood) -> None:
    """Take a list of several questions apart, one under the other."""
    columns = rows.long.columns
    name = next((one for one in columns if form(one) in VARIABLE and _names(columns[one], vocabulary)), None)
    if name is None:
        _by_statistic(rows, vocabulary, used, understood)
        return
    level = next((one for one in columns if one != name and form(one) in LEVEL and not _is_question(one, columns[one],
                  vocabulary)), None)  # fmt: skip
    unknown = []
    column = columns[name]
    for place, text in enumerate(column.listed):
        question = vocabulary.question(text)
        part = rows.take(np.flatnonzero(column.code == place), without=name)
        if question is None:
            unknown.append(text)
        elif question.kind == "numeric":
            part = part.without(level).measured(part.told.of_mean(question.name))
            _by_statistic(part, vocabulary, used, understood)
        elif part.told.measure not in NUMBERS:
            part = part.renamed(level, question.name) if level else part
            _by_statistic(part.measured(part.told.of_people()), vocabulary, used, understood)
    if unknown:
        understood.note(rows.long.where, f"rows of what is no question of DATA are not used: {few(unknown)}")


def _is_question(name: str, column: Column, vocabulary: Vocabulary) -> bool:
    """Tell whether a column such as *group* is a question, whose levels stand in it, and not that of all levels."""
    return vocabulary.question(name) in vocabulary.knowing(column.listed)


def _names(column: Column, vocabulary: Vocabulary) -> bool:
    """Tell whether texts of a column name questions."""
    return any(vocabulary.has_question(text) for text in column.listed[:1000])


def _by_statistic(rows: _Rows, vocabulary: Vocabulary, used: frozenset[str], understood: Understood) -> None:
    """Take a table apart in which a column says what each number is: people, a percentage, a mean."""
    for name, column in rows.long.columns.items():
        texts = column.listed
        if vocabulary.has_question(name) or len(texts) > 50:
            continue
        measures = [_said(text, *column.also[place : place + 1]) for place, text in enumerate(texts)]
        sure = form(name) in STATISTIC and any(measures)
        if not sure and not (all(measures) and len(texts) > 1):
            continue
        if unknown := [text for text, measure in zip(texts, measures, strict=True) if not measure]:
            understood.note(rows.long.where, f"numbers of {shown(name)} that are not used: {few(unknown)}")
        for place, measure in enumerate(measures):
            if measure is not None:
                part = rows.take(np.flatnonzero(column.code == place), without=name)
                about = part.told.about or (OF_MEAN if set(measures) & set(NUMBERS) else "")
                told = Told(measure, part.told.numbers, about)
                _by_statistic(part.measured(told), vocabulary, used, understood)
        return
    _cells(rows, vocabulary, used, understood)


def _said(*texts: str) -> Measure | None:
    """Return what a level of such a column says of the numbers."""
    for text in texts:
        if measure := measure_of(text) or measure_of(text.partition(": ")[2]):
            return measure
    said = {measure for text in texts for measure in measures_in(text)}
    return said.pop() if len(said) == 1 else None


def _cells(rows: _Rows, vocabulary: Vocabulary, used: frozenset[str], understood: Understood) -> None:
    """Add the cells of rows of one kind of number."""
    long, told = rows.long, rows.told
    place, lines = _questions(rows, vocabulary, used, understood)
    if place is None:
        return
    if told.about == OF_MEAN or (told.measure in NUMBERS and not told.about):
        named = [one.name for one in vocabulary.named(long.context) if one.kind == "numeric"]
        if len(named) != 1:
            understood.ask(long.where, "of which question its means are is not said: name it above them")
            return
        told = told.of_mean(named[0])
    numbers = told.numbers
    if lines is not None:
        place = {name: one[lines] for name, one in place.items()}
        numbers = numbers.take(lines)
    line = long.line if lines is None or long.line is None else long.line[lines]
    if numbers.marks:
        listed = few(f"{mark or 'nothing'} in {times}" for mark, times in numbers.marks.most_common())
        understood.note(long.where, f"cells without a number ({listed})")
    understood.cells.append(Cells(long.where, told.measure, told.about, place, numbers, line))


def _questions(
    rows: _Rows, vocabulary: Vocabulary, used: frozenset[str], understood: Understood
) -> tuple[dict[str, Int[np.ndarray, "cell"]] | None, Int[np.ndarray, "cell"] | None]:
    """Return the place of each row's level, by question, and the rows that are of everybody else's levels."""
    long = rows.long
    place: dict[str, Int[np.ndarray, "cell"]] = {}
    kept = np.ones(len(rows.told.numbers.value), dtype=bool)
    parting: list[str] = []
    columns = _known_columns(long.columns, vocabulary)
    for name, column in long.columns.items():
        question = columns.get(name)
        if question is None:
            totals = np.array([is_total(text) for text in column.listed])
            if len(totals) > 1 and totals.any():
                kept &= totals[column.code]
            elif len(totals) > 1 and form(name) not in ATTRIBUTES:
                parting.append(name)
            continue
        if vocabulary.question(name) is None:
            understood.note(long.where, f"the column {shown(name)} is taken for {shown(question.name)}")
        places = places_in(question, column)
        if (places == STRANGE).any() and question.name in used:
            _strange(long, column, question, places, understood)
        place[question.name] = places[column.code].astype(np.int32)
    if parting and not _are_unique(place, kept):
        what = f"{few(parting)} part{'s' * (len(parting) == 1)} its cells further, and are no questions of DATA"
        understood.ask(long.where, f"{what}: keep rows of one level each, or of Total")
        return None, None
    if parting:
        understood.note(long.where, f"columns that are not used: {few(parting)}")
    if not place and rows.told.measure not in (*NUMBERS, "count", "of", "p", "value"):
        understood.note(long.where, f"its numbers ({rows.told.measure}) are of no question of DATA, and not used")
        return None, None
    return place, None if kept.all() else np.flatnonzero(kept)


def _strange(
    long: Long, column: Column, question: Question, places: Int[np.ndarray, "text"], understood: Understood
) -> None:
    """Name every text that is no level of a question."""
    for text in np.flatnonzero(places == STRANGE).tolist():
        row = int(np.argmax(column.code == text))
        where = long.where if long.line is None else f"{long.where} line {long.line[row]}"
        said = column.listed[text]
        what = f"{shown(said)!r} is no level of {shown(question.name)} ({few(question.titles)})"
        understood.ask(where, what, f"a text is no level of {shown(question.name)}", [("", question.name)])


def _known_columns(columns: Mapping[str, Column], vocabulary: Vocabulary) -> dict[str, Question]:
    """Return the question of each column: by its name, or by its levels where they are those of no other."""
    found: dict[str, Question] = {}
    for name in columns:
        question = vocabulary.question(name)
        if question is not None and question.kind == "categorical":
            found[name] = question
    for name, column in columns.items():
        if name in found or len(column.texts) > 200 or form(name) in ATTRIBUTES:
            continue
        able = [one for one in vocabulary.knowing(column.listed) if one not in found.values()]
        if len(able) == 1 and len([text for text in column.listed if not is_total(text)]) > 1:
            found[name] = able[0]
    return found


def _are_unique(place: Mapping[str, Int[np.ndarray, "cell"]], kept: np.ndarray) -> bool:
    """Tell whether no two rows are of the same levels."""
    if not place:
        return bool(kept.sum() <= 1)
    keys = np.zeros(int(kept.sum()), dtype=np.int64)
    for places in place.values():
        keys = keys * (int(places.max()) + 4) + places[kept] + 3
    return len(np.unique(keys)) == len(keys)
