"""The tables of a BIDS folder that say something of people or of their sessions, and which row is whose.

Knows who was scanned, so that names and sessions are matched with those; not what the columns mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from remembrain._text import few
from remembrain.cohort.dictionary import Described, read_dictionary
from remembrain.cohort.facts import Column, Columns, fact_column
from remembrain.cohort.files import is_named
from remembrain.cohort.names import people_of
from remembrain.cohort.same_names import match_names, session_key
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.textfile import read_text_table
from remembrain.cohort.tsv import is_missing, person_name, read_rows
from remembrain.errors import DataError, Problem


@dataclass(frozen=True, eq=False)
class Source:
    """One table, or many of one form, row by row.

    Attributes
    ----------
    where
        The file, or what all the files are called.
    frame
        Every cell as text.
    people
        Whose each row is, as the folder spells it.
    sessions
        Of which session, as the table spells it; "" where the row holds for the person.
    files
        The file of each row.
    dictionary
        What is said of the columns.
    keys
        The columns that name person and session.
    """

    where: str
    frame: pd.DataFrame
    people: tuple[str, ...]
    sessions: tuple[str, ...]
    files: tuple[str, ...]
    dictionary: Mapping[str, Described]
    keys: frozenset[str] = frozenset()

    @cached_property
    def _rows(self) -> Mapping[str, list[int]]:
        """Return the places of each person's rows."""
        rows: dict[str, list[int]] = defaultdict(list)
        for place, person in enumerate(self.people):
            rows[person].append(place)
        return rows

    @property
    def by_session(self) -> bool:
        """Whether rows are of sessions."""
        return any(self.sessions)

    @property
    def is_of_everybody(self) -> bool:
        """Whether one file should have rows of everybody."""
        return self.by_session and len(set(self.files)) <= 1 and self.where in self.files

    def of(self, person: str) -> Sequence[int]:
        """Return the places of a person's rows."""
        return self._rows.get(person, [])

    def row(self, person: str, session: str, among: Iterable[str]) -> int | None:
        """Return the place of a session's row, or None.

        A spelling that differs by case or leading zeros is taken where one row of the person and one of the sessions
        ``among`` which the session is have it. A row without a session holds where no other does.
        """
        mine = self.of(person)
        bare = session.removeprefix("ses-")
        exact = [place for place in mine if self.sessions[place].removeprefix("ses-") == bare]
        key = session_key(session)
        if not exact and sum(session_key(other) == key for other in among) == 1:
            exact = [place for place in mine if self.sessions[place] and session_key(self.sessions[place]) == key]
        exact = exact or [place for place in mine if not self.sessions[place]]
        return exact[0] if len(exact) == 1 else None


@dataclass(frozen=True, eq=False)
class Sources:
    """All tables: those of sessions, the most special first, and participants.tsv; and what is wrong with them."""

    visits: tuple[Source, ...]
    participants: Source
    broken: frozenset[str]
    problems: tuple[Problem, ...]


def read_sources(folder: Path, scanned: Mapping[str, Sequence[str]], columns: Columns) -> Sources:
    """Read participants.tsv, sub-*_sessions.tsv and sessions.tsv.

    Parameters
    ----------
    folder
        Root of the data set.
    scanned
        The sessions of everybody who has scans; "" for a scan without one.
    columns
        Which columns name person and session, where the user says so.

    Raises
    ------
    DataError
        Where participants.tsv is missing or broken, names nobody, or names somebody twice.
    """
    participants, problems = _participants(folder, scanned, columns)
    own, broken = _own_tables(folder, scanned, columns)
    problems += broken
    visits = [own] if own is not None else []
    root = folder / "sessions.tsv"
    if is_named(root):
        table, more = _table(root, scanned, columns, with_session=True)
        visits.append(table)
        problems += more
    if participants.by_session:
        visits.append(participants)
    return Sources(tuple(visits), participants, frozenset(problem.participant for problem in broken), tuple(problems))


def _participants(folder: Path, scanned: Mapping[str, Sequence[str]], columns: Columns) -> tuple[Source, list[Problem]]:
    """Return participants.tsv, where nobody has two rows for one session."""
    path = folder / "participants.tsv"
    problems = []
    if not is_named(path) and path.with_suffix(".csv").exists():
        path = path.with_suffix(".csv")
        problems.append(Problem(path.name, "is read, as there is no participants.tsv", fatal=False))
    source, more = _table(path, scanned, columns, with_session=False)
    twice = sorted(
        {
            person
            for person in source.people
            if len(source.of(person)) > len({*map(source.sessions.__getitem__, source.of(person))})
        }
    )
    if twice:
        what = f"names {few(twice)} more than once"
        raise DataError(what, where=path, expected="one row a person, or a column session_id and one row a session")
    return source, problems + more


def _table(
    path: Path, scanned: Mapping[str, Sequence[str]], columns: Columns, *, with_session: bool
) -> tuple[Source, list[Problem]]:
    """Read one table of several people."""
    table = read_text_table(path).distinct()
    source, problems = source_of(table, path, scanned, columns, with_session=with_session)
    people = tuple(person if person in scanned else person_name(person) for person in source.people)
    return replace(source, people=people), problems


def source_of(
    table: TextTable, path: Path, scanned: Mapping[str, Sequence[str]], columns: Columns, *, with_session: bool = False
) -> tuple[Source, list[Problem]]:
    """Tell whose each row of a table is, as those who are ``scanned`` are spelled; others stay as they are.

    Raises
    ------
    DataError
        Where no column names the person, or the session where there has to be one (``with_session``).
    """
    frame = table.frame
    problems = [Problem(path.name, note, fatal=False) for note in table.notes]
    asked = columns.person if not with_session or columns.person in frame.columns else None
    person = fact_column(frame, "person", asked, where=path.name)
    if not person.name:
        raise DataError(
            "has no column participant_id",
            where=path,
            expected=f"participant_id; it has {few(frame.columns)}",
            try_next="--person-column NAME, if another column names the person",
        )
    session = fact_column(
        frame, "session", columns.session if columns.session in frame.columns else None, where=path.name
    )
    if with_session and not session.name:
        raise DataError("has no column session_id", where=path)
    names = [str(cell) for cell in frame[person.name]]
    if session.name not in ("session_id", columns.session) and not with_session and len(set(names)) == len(names):
        session = Column("")  # one row a person: a column called wave or visit may say anything
    said = [str(cell) for cell in frame[session.name]] if session.name else [""] * len(frame)
    named = people_of(names, ["" if is_missing(cell) else cell for cell in said], where=path.name)
    matched = match_names(named.people, scanned, where=path.name)
    people = tuple(matched.spelling.get(name, name) for name in named.people)
    problems += [*person.problems, *session.problems, *named.problems, *matched.notes]
    keys = frozenset((person.name, session.name)) - {""}
    return Source(
        path.name, frame, people, named.sessions, (path.name,) * len(frame), read_dictionary(path), keys
    ), problems


def _own_tables(
    folder: Path, scanned: Mapping[str, Sequence[str]], columns: Columns
) -> tuple[Source | None, list[Problem]]:
    """Return the rows of all sub-*_sessions.tsv, and whose cannot be read."""
    frames, people, sessions, files, problems = [], [], [], [], []
    dictionary = dict(read_dictionary(folder / "sessions.tsv"))
    for person, theirs in scanned.items():
        path = folder / person / f"{person}_sessions.tsv"
        if not any(theirs) or not is_named(path):
            continue
        try:
            rows, column = _own_rows(path, columns.session)
            dictionary = {**read_dictionary(path), **dictionary}
        except DataError as error:
            where, summary = f"{person}/{path.name}", "the sessions table cannot be read"
            problems.append(Problem(where, error.what, participant=person, summary=summary))
            continue
        frames.append(rows)
        people += [person] * len(rows)
        sessions += [str(cell) for cell in rows[column]]
        files += [path.name] * len(rows)
    if not frames:
        return None, problems
    frame = pd.concat(frames, ignore_index=True).fillna("")
    return Source("sub-*_sessions.tsv", frame, tuple(people), tuple(sessions), tuple(files), dictionary), problems


def _own_rows(path: Path, asked: str | None) -> tuple[pd.DataFrame, str]:
    """Read the sessions table of one person, and which column names the session."""
    rows = read_rows(path)
    column = fact_column(rows, "session", asked if asked in rows.columns else None, where=path.name).name
    if not column:
        raise DataError("has no column session_id", where=path)
    return rows, column


def rows_of(sources: Sources, person: str, sessions: Sequence[str]) -> pd.DataFrame | None:
    """Return a person's rows in a table of sessions, in the order of these, where there is one for each."""
    for source in sources.visits:
        rows = [source.row(person, session, sessions) for session in sessions] if source.of(person) else [None]
        known = [row for row in rows if row is not None]
        if len(known) == len(sessions):
            return source.frame.iloc[known]
    return None
