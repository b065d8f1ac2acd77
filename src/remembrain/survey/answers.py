"""A file of answers, read by its dictionary: who answered what, as codes and numbers, and how much each person counts.

Everything that makes a row unusable is found here. This module must not know what is published of the answers.
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
from remembrain.cohort.numbers import number
from remembrain.cohort.table import read_cells
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.survey.answer_numbers import as_numbers
from remembrain.survey.columns import Question, normal, understand
from remembrain.types import Texts

MISSING, UNKNOWN = -1, -2
"""Codes of no answer, and of an answer that an adversary does not know."""

_CHANCE = 1e-6
"""Rows are the same person where chance would make so few equal ones in the whole file, answers being independent."""


@dataclass(frozen=True, eq=False)
class Answers:
    """Who answered what; row i is person i everywhere.

    ``code`` has the place of the answer among the levels of each categorical question, ``value`` the numbers (NaN
    where there is no answer); ``weight`` has mean 1.
    """

    participant_id: Texts
    categorical: tuple[Question, ...]
    code: Int[np.ndarray, "person question"]
    numeric: tuple[Question, ...]
    value: Float[np.ndarray, "person number"]
    weight: Float[np.ndarray, "person"]

    def __len__(self) -> int:
        return len(self.participant_id)

    def take(self, index: Int[np.ndarray, "some"] | Bool[np.ndarray, "person"]) -> Answers:
        """Return these people, in this order."""
        return replace(
            self,
            participant_id=self.participant_id[index],
            code=self.code[index],
            value=self.value[index],
            weight=self.weight[index],
        )

    def joined(self, others: Answers) -> Answers:
        """Return these people and then others, of whom the same was asked."""
        return replace(
            self,
            participant_id=np.concatenate([self.participant_id, others.participant_id]),
            code=np.vstack([self.code, others.code]),
            value=np.vstack([self.value, others.value]),
            weight=np.concatenate([self.weight, others.weight]),
        )

    def place(self, name: str) -> int:
        """Return which categorical question has this name."""
        return [one.name for one in self.categorical].index(name)

    def numbers(self, name: str) -> Float[np.ndarray, "person"]:
        """Return the numbers of the numeric question of this name."""
        return np.asarray(self.value[:, [one.name for one in self.numeric].index(name)])

    @property
    def effective(self) -> float:
        """Return how many people they are worth: (sum of weights)^2 / sum of squared weights (Kish 1965)."""
        return float(self.weight.sum() ** 2 / np.square(self.weight).sum())


def read_answers(
    path: Path,
    said: Mapping[str, Mapping[str, Any]],
    *,
    person: str | None = None,
    weights: str | None = None,
    beside: Sequence[str] = (),
    like: Answers | None = None,
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
    frame = read_cells(path).frame
    named = person or ("participant_id" if "participant_id" in frame.columns else None)
    asked = [column for column in (person, weights, *beside, *said) if column is not None]
    missing = [column for column in asked if column not in frame.columns]
    if like is not None:
        missing += [one.name for one in (*like.categorical, *like.numeric) if one.name not in frame.columns]
    if missing:
        listed = few(frame.columns)
        raise DataError(f"has no column {shown(missing[0])!r}", where=path, expected=f"one of {listed}")
    if not len(frame):
        raise DataError("holds nobody", where=path, expected="a row a person")
    levels: dict[str, Collection[str]] = {name: one.get("levels", ()) for name, one in said.items()}
    levels |= {one.name: one.levels for one in (like.categorical if like else ())}
    texts = {str(name): [_text(cell, levels.get(str(name), ())) for cell in frame[name]] for name in frame.columns}
    spoken = {named, *beside, *(name for name, some in levels.items() if some)}
    codes = {name: one.get("missing", ()) for name, one in said.items()}
    codes |= {one.name: one.missing for one in (like.numeric if like else ())}
    texts, how = as_numbers(texts, spoken, codes, path)
    people = texts[named] if named else [f"row-{row}-{_short(path)}" for row in range(2, len(frame) + 2)]
    problems = _people_problems(path, people)
    weight = _weights(path, people, texts[weights], problems) if weights else np.ones(len(frame))
    apart = {named, weights, *beside}
    if like is None:
        questions = tuple(
            replace(understand(name, cells, said.get(name, {}), path), read=how.get(name, ""))
            for name, cells in texts.items()
            if name not in apart
        )
    else:
        questions = tuple(replace(one, declared=True) for one in (*like.categorical, *like.numeric))
        problems += _strangers(path, people, texts, like)
    categorical = tuple(one for one in questions if one.kind == "categorical")
    numeric = tuple(one for one in questions if one.kind == "numeric")
    if problems:
        raise ProblemsError(problems, where=path)
    answers = Answers(
        np.array(people, dtype=str),
        categorical,
        _codes(categorical, texts),
        numeric,
        _values(numeric, texts),
        weight / weight.mean(),
    )
    if same := _same(answers):
        what = "the same answers under several people"
        problems = [Problem(path.name, f"the same answers under {pair}", summary=what) for pair in same]
        raise ProblemsError(problems, where=path)
    return answers, questions, frame[list(beside)].map(lambda cell: _text(cell, ()))


def together(answers: Answers, others: Answers, where: Path) -> None:
    """Raise where somebody stands in both files, by name or by all of their answers.

    Raises
    ------
    DataError
        Naming the person.
    """
    if len(both := np.intersect1d(answers.participant_id, others.participant_id)):
        raise DataError(
            f"{both[0]} stands here and among those whose answers are published ({len(both)} people in all)",
            where=where,
            expected="other people: whoever is known to be in the tables is no reference",
        )
    if same := _same(answers.joined(others), len(answers)):
        raise DataError(
            f"the same answers as in the other file: {same[0]} ({len(same)} in all)",
            where=where,
            expected="other people",
        )


def _text(cell: str, levels: Collection[str]) -> str:
    """Return a cell, empty where there is no answer; a declared level stays, whatever it reads like."""
    if normal(cell) in levels:
        return normal(cell)
    return "" if is_missing(cell) else cell


def _short(path: Path) -> str:
    """Return a few letters that tell the rows of one file from those of another."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:6]


def _people_problems(path: Path, people: Sequence[str]) -> list[Problem]:
    """Return rows that name nobody, and people who stand twice."""
    seen: dict[str, int] = {}
    problems = []
    for row, name in enumerate(people, start=2):
        if not name:
            problems.append(Problem(f"{path.name} row {row}", "names no person"))
        elif name in seen:
            what = f"{shown(name)} stands in row {seen[name]} too"
            problems.append(Problem(f"{path.name} row {row}", what, summary="a name stands in another row too"))
        elif signs := unseen(name):
            what = f"the name holds {few(signs, most_letters=80)}"
            problems.append(Problem(f"{path.name} row {row}", what, summary="a name holds signs that cannot be seen"))
        seen.setdefault(name, row)
    return problems


def _weights(
    path: Path, people: Sequence[str], cells: Sequence[str], problems: list[Problem]
) -> Float[np.ndarray, "person"]:
    """Return the weights, and note every one that is missing, negative or no number."""
    found = _floats(cells)
    for row, (name, cell, value) in enumerate(zip(people, cells, found, strict=True), start=2):
        if not cell:
            problems.append(Problem(f"{path.name} row {row} ({shown(name)})", "has no weight"))
        elif not np.isfinite(value) or value <= 0:
            problems.append(
                Problem(
                    f"{path.name} row {row} ({shown(name)})",
                    f"has the weight {shown(cell)}; expected above 0",
                    summary="has a weight that is not above 0",
                )
            )
    return np.where(np.isfinite(found) & (found > 0), found, 1.0)


def _strangers(path: Path, people: Sequence[str], texts: Mapping[str, Sequence[str]], like: Answers) -> list[Problem]:
    """Return answers that the first file has no level for."""
    problems = []
    for one in like.categorical:
        allowed = {*one.levels, *one.missing, ""}
        for row, cell in enumerate(texts[one.name], start=2):
            if normal(cell) not in allowed:
                what = f"{shown(one.name)} = {shown(cell)!r} is a level that the other file does not have"
                summary = "an answer is a level that the other file does not have"
                problems.append(Problem(f"{path.name} row {row} ({shown(people[row - 2])})", what, summary=summary))
    for other in like.numeric:
        for row, cell in enumerate(texts[other.name], start=2):
            if normal(cell) not in {*other.missing, ""} and number(cell) is None:
                problems.append(
                    Problem(f"{path.name} row {row} ({shown(people[row - 2])})", f"{shown(other.name)} is no number")
                )
    return problems


def _floats(cells: Sequence[str]) -> Float[np.ndarray, "cell"]:
    """Return numbers, NaN for every cell that is none."""
    numbers = {text: number(text) for text in set(cells)}
    return np.array([np.nan if numbers[text] is None else numbers[text] for text in cells], dtype=float)


def _codes(questions: Sequence[Question], texts: Mapping[str, Sequence[str]]) -> Int[np.ndarray, "person question"]:
    """Return the place of each answer among the levels."""
    people = len(next(iter(texts.values())))
    codes = np.full((people, len(questions)), MISSING, dtype=np.int16)
    for place, one in enumerate(questions):
        level = {text: number for number, text in enumerate(one.levels)} | dict.fromkeys(one.missing, MISSING)
        codes[:, place] = [level.get(normal(cell), MISSING) for cell in texts[one.name]]
    return codes


def _values(questions: Sequence[Question], texts: Mapping[str, Sequence[str]]) -> Float[np.ndarray, "person number"]:
    """Return the numbers, NaN where there is no answer, cut to the declared range."""
    people = len(next(iter(texts.values())))
    values = np.full((people, len(questions)), np.nan)
    for place, one in enumerate(questions):
        numbers = _floats(["" if normal(cell) in one.missing else cell for cell in texts[one.name]])
        values[:, place] = np.clip(numbers, one.low, one.high) if one.ranged else numbers
    return values


def _same(answers: Answers, first: int = 0) -> list[str]:
    """Return pairs of names under which the same answers stand, where chance cannot be the reason.

    The chance that two people agree is the product over questions of that of one question, as if they were
    independent. Who skips one question often skips a whole part, so that no answer is as if everybody gave none. Rows
    of few or of common answers may well be equal, and are left alone. Where ``first`` is said, only pairs of one of so
    many first people and one of the others count.
    """
    columns = np.hstack([answers.code.astype(float), np.nan_to_num(answers.value, nan=-1e300)])
    if not columns.shape[1]:
        return []
    unanswered = np.hstack([answers.code == MISSING, np.isnan(answers.value)])
    log_chance = np.zeros(len(answers))
    for column, none in zip(columns.T, unanswered.T, strict=True):
        _, place, times = np.unique(column, return_inverse=True, return_counts=True)
        log_chance += np.where(none, 0.0, np.log(times[place] / len(answers)))
    order = np.lexsort(columns.T)
    equal = np.all(columns[order[1:]] == columns[order[:-1]], axis=1)
    rare = log_chance[order[1:]] + 2 * np.log(len(answers)) < np.log(_CHANCE)
    apart = (order[1:] >= first) & (order[:-1] < first) if first else np.ones(len(equal), dtype=bool)
    pairs = np.flatnonzero(equal & rare & apart)
    return [f"{answers.participant_id[order[p]]} and {answers.participant_id[order[p + 1]]}" for p in pairs]
