"""Two sessions of the same people: which rows of a table are whose, and what is read of the second."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from remembrain._text import few, shown
from remembrain.cohort.cells import read_cells
from remembrain.cohort.facts import fact_column
from remembrain.cohort.no_column import form_of
from remembrain.cohort.same_names import session_key
from remembrain.cohort.spellings import SPELLINGS
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.survey.another_scan import Again, measured_again
from remembrain.survey.answers import Answers
from remembrain.survey.answers_file import read_answers
from remembrain.survey.no_measures import refuse_doubts


@dataclass(frozen=True)
class Sessions:
    """Places of the rows of everybody's first session (all rows, where nothing is said) and of second ones.

    ``column`` says which is which, where one does; ``notes`` are what is to be said of it.
    """

    first: tuple[int, ...] | None = None
    second: tuple[int, ...] = ()
    column: str = ""
    notes: tuple[str, ...] = ()


def sessions_of(path: Path, person: str | None = None, column: str | None = None) -> Sessions:
    """Tell the sessions of a table apart.

    Sessions are in the order of the numbers in their names, or else in that of the file.

    Parameters
    ----------
    path
        A table of a row a person and session.
    person
        Column that names the person; ``participant_id`` where it is not said.
    column
        Column that names the session; found by its usual names where it is not said.

    Raises
    ------
    DataError
        Where a column that is said is not there, or no column says the session of people who stand twice.
    ProblemsError
        With everybody whose session stands twice.
    """
    frame = read_cells(path).frame
    named = person or "participant_id"
    if named not in frame.columns:
        if person:
            raise DataError(f"has no column {shown(person)!r}", where=path, expected=f"one of {few(frame.columns)}")
        return Sessions()
    people = [str(name) for name in frame[named]]
    if len(set(people)) == len(people):
        return Sessions()
    session = fact_column(frame, "session", column, where=path.name).name
    if not session:
        raise DataError(
            f"{len(people) - len(set(people))} rows are of people who stand in another row too, and no column says the "
            "session",
            where=path,
            expected="a column such as session_id",
            try_next="--session-column NAME",
        )
    return _told_apart(path, people, frame[session], session)


def read_second(
    path: Path, rows: Sequence[int] | None, answers: Answers, published: Collection[str], person: str | None
) -> Again:
    """Read what was measured of these people in a second session.

    Parameters
    ----------
    path, rows
        The file, and the places of its rows that are meant; all where nothing is said.
    answers
        Of the first session.
    published
        The numbers that something is published of.
    person
        Column that names the person.

    Raises
    ------
    DataError
        Where nothing is published of numbers, or nobody has a second session, or too few do.
    ProblemsError
        With every row that cannot be used.
    """
    numbers = tuple(question for question in answers.numeric if question.name in published)
    if not numbers:
        raise DataError(
            "reliability is to be measured, and nothing is published of numbers", expected="means, sds or contrasts"
        )
    if rows is not None and not rows:
        raise DataError(
            "nobody has a second session, and reliability is to be measured",
            where=path,
            expected="two rows a person, and a column that says the session",
            try_next="--sessions FILE, of the same people measured again, or --reliability 0.8",
        )
    there = read_cells(path).frame.columns
    lasting = tuple(q for q in answers.categorical if form_of(q.name) in SPELLINGS["sex"] and q.name in there)
    like = replace(answers, categorical=lasting, numeric=numbers)
    second, asked, _ = read_answers(path, {}, person=person, like=like, rows=rows)
    refuse_doubts(frozenset(published), asked, path)
    return measured_again(answers, second, path)


def _told_apart(path: Path, people: Sequence[str], cells: pd.Series, column: str) -> Sessions:
    """Return the rows of each session."""
    labels = ["" if is_missing(str(cell)) else str(cell).strip() for cell in cells]
    problems = [
        Problem(f"{path.name} row {place + 2} ({shown(name)})", f"has no {shown(column)}", summary="has no session")
        for place, (name, label) in enumerate(zip(people, labels, strict=True))
        if not label
    ]
    keys = [(name, session_key(label)) for name, label in zip(people, labels, strict=True)]
    problems += [
        Problem(f"{path.name}: {shown(name)}", f"stands {count} times in one session", summary="stands twice in one")
        for (name, key), count in Counter(keys).items()
        if count > 1 and key
    ]
    if problems:
        raise ProblemsError(problems, where=path)
    order = {label: place for place, label in enumerate(_in_order(list(dict.fromkeys(labels))))}
    rows: dict[str, list[int]] = {}
    for place in sorted(range(len(people)), key=lambda place: order[labels[place]]):
        rows.setdefault(people[place], []).append(place)
    twice, more = (sum(len(places) > number for places in rows.values()) for number in (1, 2))
    note = (
        f"sessions by {column}, in this order: {few(list(order))}; the first of each person is published, and the "
        f"next, which {twice} of {len(rows)} people have, is what the adversary measured"
    )
    notes = (note + (f"; third and later ones of {more} people are left out" if more else ""),)
    first, second = ([places[number] for places in rows.values() if len(places) > number] for number in (0, 1))
    return Sessions(tuple(sorted(first)), tuple(sorted(second)), column, notes)


def _in_order(labels: Sequence[str]) -> list[str]:
    """Return the names of sessions by their numbers, where they differ in these alone; else as they came."""
    keys = [session_key(label) for label in labels]
    if len({re.sub(r"\d+", "#", key) for key in keys}) > 1 or not re.search(r"\d", keys[0]):
        return list(labels)
    numbers = {label: [int(part) for part in re.findall(r"\d+", key)] for label, key in zip(labels, keys, strict=True)}
    return sorted(labels, key=lambda label: numbers[label])
