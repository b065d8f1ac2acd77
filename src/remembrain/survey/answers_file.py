"""A file of answers, read by its dictionary; everything that makes a row unusable is found here.

This module must not know what is published of the answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from remembrain._text import few, shown, unseen
from remembrain.cohort.cells import read_cells
from remembrain.cohort.facts import fact_column
from remembrain.cohort.numbers import number
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.survey.answer_numbers import as_numbers
from remembrain.survey.answers import MISSING, Answers, same_answers
from remembrain.survey.banded_columns import Cut, columns_cut, with_ends
from remembrain.survey.bands import banded
from remembrain.survey.columns import Question, normal, understand
from remembrain.survey.no_measures import with_doubts, without_names


@dataclass(frozen=True, eq=False)
class _Sheet:
    """The cells of a file as text, by column, whom each row is of, and how numbers were read.

    ``cut`` has the numbers that bands were cut from, as text, by the column of the bands.
    """

    path: Path
    rows: Sequence[int]
    people: Sequence[str]
    texts: Mapping[str, Sequence[str]]
    numbers: Mapping[str, str]
    cut: Mapping[str, Sequence[str]]

    def problem(self, place: int, what: str, summary: str = "") -> Problem:
        """Return what is wrong with the row of one person."""
        row = f"{self.path.name} row {self.rows[place]} ({shown(self.people[place])})"
        return Problem(row, what, summary=summary)


def read_answers(
    path: Path,
    said: Mapping[str, Mapping[str, Any]],
    *,
    person: str | None = None,
    weights: str | None = None,
    beside: Sequence[str] = (),
    like: Answers | None = None,
    rows: Sequence[int] | None = None,
) -> tuple[Answers, tuple[Question, ...], pd.DataFrame]:
    """Read a table of one row a person.

    Parameters
    ----------
    path
        A .csv, .tsv, .txt or .parquet file.
    said
        What the dictionary declares, by column.
    person
        Column that names the person; ``participant_id`` where there is one, the number of the row otherwise.
    weights
        Column of survey weights.
    beside
        Columns that are read and returned, and are no answers.
    like
        Answers of another file: questions and levels are taken from there, and every one has to be here too.
    rows
        Places of the rows that are meant; all when left out.

    Returns
    -------
    answers, questions, beside
        The people; every column with what it was taken for; and the cells of the columns ``beside`` as text.

    Raises
    ------
    DataError
        Where the file or the dictionary cannot be used.
    ProblemsError
        With everybody who stands twice, every weight that is missing or negative, and every answer of no known level.
    """
    whole = read_cells(path).frame
    frame = whole if rows is None else whole.iloc[list(rows)]
    known = () if like is None else (*like.categorical, *like.numeric)
    chosen = [column for column in (person, weights) if column is not None]
    cut = columns_cut(said, known)
    named_so = [*said, *(question.name for question in known)]
    _insist_on_columns(path, frame, [*chosen, *beside, *(cut[one].of if one in cut else one for one in named_so)])
    if taken := [name for name, one in cut.items() if name in frame.columns and name != one.of]:
        raise DataError(f"has a column {shown(taken[0])!r}", where=path, expected="another name for bands")
    named = person or ("participant_id" if "participant_id" in frame.columns else None)
    sheet = _with_bands(_sheet(path, frame, said, known, named, beside), cut)
    problems = _people_problems(sheet)
    weight = _weights(sheet, weights, problems)
    if like is None:
        questions = _understood(sheet, said, {named, weights, *beside})
    else:
        questions = with_doubts(tuple(replace(question, declared=True) for question in known), _numbers(known, sheet))
        problems += _strangers(sheet, like)
    if problems:
        sessions = rows is None and fact_column(frame, "session", None, where=path.name).name
        hint = "a row a person, or --reliability measured, for two sessions of theirs"
        raise ProblemsError(problems, where=path, try_next=hint if sessions else None)
    categorical = tuple(question for question in questions if question.kind == "categorical")
    numeric = tuple(question for question in questions if question.kind == "numeric")
    codes, values = _codes(categorical, sheet.texts), _values(numeric, sheet.texts)
    answers = Answers(np.array(sheet.people, dtype=str), categorical, codes, numeric, values, weight / weight.mean())
    if same := same_answers(answers):
        what = "the same answers under several people"
        twice = [Problem(path.name, f"the same answers under {pair}", summary=what) for pair in same]
        raise ProblemsError(twice, where=path)
    return answers, questions, frame[list(beside)].map(lambda cell: _text(cell, ()))


def members_of(cells: pd.Series, path: Path) -> Bool[np.ndarray, "person"]:
    """Return who took part, as a column of a file of people says.

    Raises
    ------
    DataError
        Naming the first row that says neither.
    """
    yes, no = (cells.str.lower().isin(words) for words in (["1", "yes", "true"], ["0", "no", "false"]))
    if not (yes | no).all():
        place = int(np.flatnonzero(~(yes | no).to_numpy())[0])
        what = f"row {cells.index[place] + 2}: {cells.name} = {shown(cells.iloc[place].lower())!r}"
        raise DataError(what, where=path, expected="1 or 0")
    return yes.to_numpy(dtype=bool)


def _insist_on_columns(path: Path, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise where a column is not there."""
    if missing := [column for column in columns if column not in frame.columns]:
        listed = few(frame.columns)
        raise DataError(f"has no column {shown(missing[0])!r}", where=path, expected=f"one of {listed}")


def _sheet(
    path: Path,
    frame: pd.DataFrame,
    said: Mapping[str, Mapping[str, Any]],
    known: Sequence[Question],
    named: str | None,
    beside: Sequence[str],
) -> _Sheet:
    """Return the cells of a file as they are read by the dictionary, or by the questions of another file."""
    rows = [int(row) + 2 for row in frame.index]
    levels: dict[str, Collection[str]] = {name: entry.get("levels", ()) for name, entry in said.items()}
    codes: dict[str, Sequence[str]] = {name: entry.get("missing", ()) for name, entry in said.items()}
    levels |= {one.name: one.levels for one in known if one.kind == "categorical" and not one.cuts}
    codes |= {question.name: question.missing for question in known if question.kind == "numeric"}
    cells = {str(name): _texts(frame[name].tolist(), levels.get(str(name), ())) for name in frame.columns}
    spoken = {named, *beside, *(name for name, declared in levels.items() if declared)}
    texts, numbers = as_numbers(cells, spoken, codes, path, rows)
    people = texts[named] if named else [f"row-{row}-{_short(path)}" for row in rows]
    return _Sheet(path, rows, people, texts, numbers, {})


def _with_bands(sheet: _Sheet, columns: Mapping[str, Cut]) -> _Sheet:
    """Return the cells with the band of everybody, by the numbers of its column."""
    cut, bands = {}, {}
    for name, one in columns.items():
        cut[name] = ["" if normal(cell) in one.missing else cell for cell in sheet.texts[one.of]]
        bands[name] = banded(one.of, cut[name], one.cuts, sheet.path, sheet.rows)
    return replace(sheet, texts={**sheet.texts, **bands}, cut=cut)


def _texts(cells: Sequence[str], levels: Collection[str]) -> list[str]:
    """Return the cells of a column so, those that are the same as one text: millions of cells have few."""
    shared = {cell: _text(cell, levels) for cell in set(cells)}
    return [shared[cell] for cell in cells]


def _text(cell: str, levels: Collection[str]) -> str:
    """Return a cell, empty where there is no answer; a declared level stays, whatever it reads like."""
    if normal(cell) in levels:
        return normal(cell)
    return "" if is_missing(cell) else cell


def _short(path: Path) -> str:
    """Return a few letters that tell the rows of one file from those of another."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:6]


def _people_problems(sheet: _Sheet) -> list[Problem]:
    """Return rows that name nobody, and people who stand twice."""
    rows: dict[str, int] = {}
    problems = []
    for row, name in zip(sheet.rows, sheet.people, strict=True):
        where = f"{sheet.path.name} row {row}"
        if not name:
            problems.append(Problem(where, "names no person"))
        elif name in rows:
            what = f"{shown(name)} stands in row {rows[name]} too"
            problems.append(Problem(where, what, summary="a name stands in another row too"))
        elif signs := unseen(name):
            what = f"the name holds {few(signs, most_letters=80)}"
            problems.append(Problem(where, what, summary="a name holds signs that cannot be seen"))
        rows.setdefault(name, row)
    return problems


def _weights(sheet: _Sheet, column: str | None, problems: list[Problem]) -> Float[np.ndarray, "person"]:
    """Return the weights, and note every one that is missing, negative or no number; 1 where there is no column."""
    if not column:
        return np.ones(len(sheet.people))
    weights = _floats(sheet.texts[column])
    usable = np.isfinite(weights) & (weights > 0)
    for place in np.flatnonzero(~usable).tolist():
        if cell := sheet.texts[column][place]:
            what = f"has the weight {shown(cell)}; expected above 0"
            problems.append(sheet.problem(place, what, "has a weight that is not above 0"))
        else:
            problems.append(sheet.problem(place, "has no weight"))
    return np.where(usable, weights, 1.0)


def _understood(
    sheet: _Sheet, said: Mapping[str, Mapping[str, Any]], apart: Collection[str | None]
) -> tuple[Question, ...]:
    """Return what every column was taken for, but for those that are no answers."""
    questions = tuple(
        replace(understand(name, cells, said.get(name, {}), sheet.path, sheet.rows), read=sheet.numbers.get(name, ""))
        for name, cells in sheet.texts.items()
        if name not in apart
    )
    numbers = _numbers(questions, sheet)
    questions = with_ends(questions, numbers)
    return with_doubts(without_names(questions, numbers, sheet.people, said), numbers)


def _numbers(questions: Sequence[Question], sheet: _Sheet) -> dict[str, Float[np.ndarray, "person"]]:
    """Return the numbers of the columns that are numeric, and those that bands were cut from."""
    numeric = tuple(question for question in questions if question.kind == "numeric")
    values = _values(numeric, sheet.texts)
    found = {question.name: values[:, place] for place, question in enumerate(numeric)}
    return found | {question.name: _floats(sheet.cut[question.name]) for question in questions if question.cuts}


def _strangers(sheet: _Sheet, like: Answers) -> list[Problem]:
    """Return answers that the first file has no level for."""
    problems = []
    for question in like.categorical:
        allowed = {*question.levels, *question.missing, ""}
        for place, cell in enumerate(sheet.texts[question.name]):
            if normal(cell) not in allowed:
                what = f"{shown(question.name)} = {shown(cell)!r} is a level that the other file does not have"
                summary = "an answer is a level that the other file does not have"
                problems.append(sheet.problem(place, what, summary))
    for question in like.numeric:
        for place, cell in enumerate(sheet.texts[question.name]):
            if normal(cell) not in {*question.missing, ""} and number(cell) is None:
                problems.append(sheet.problem(place, f"{shown(question.name)} is no number"))
    return problems


def _floats(cells: Sequence[str]) -> Float[np.ndarray, "cell"]:
    """Return numbers, NaN for every cell that is none."""
    numbers = {text: number(text) for text in set(cells)}
    return np.array([np.nan if numbers[text] is None else numbers[text] for text in cells], dtype=float)


def _codes(questions: Sequence[Question], texts: Mapping[str, Sequence[str]]) -> Int[np.ndarray, "person question"]:
    """Return the place of each answer among the levels."""
    people = len(next(iter(texts.values())))
    codes = np.full((people, len(questions)), MISSING, dtype=np.int16)
    for column, question in enumerate(questions):
        level = {text: place for place, text in enumerate(question.levels)} | dict.fromkeys(question.missing, MISSING)
        codes[:, column] = [level.get(normal(cell), MISSING) for cell in texts[question.name]]
    return codes


def _values(questions: Sequence[Question], texts: Mapping[str, Sequence[str]]) -> Float[np.ndarray, "person number"]:
    """Return the numbers, NaN where there is no answer, cut to the declared range."""
    people = len(next(iter(texts.values())))
    values = np.full((people, len(questions)), np.nan)
    for column, question in enumerate(questions):
        numbers = _floats(["" if normal(cell) in question.missing else cell for cell in texts[question.name]])
        values[:, column] = np.clip(numbers, question.low, question.high) if question.ranged else numbers
    return values
