"""Several tables of the same people as one: measures from tables of features, facts of people from their own table.

Rows are joined by person and session, however these are spelled; who is in one file alone is left out, and told. The
joined table is the first one with further columns, and is judged as any table is: this module knows who is who, and
nothing of what a cell means.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from remembrain._text import few, shown
from remembrain.cohort.cells import read_cells
from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Columns, fact_column
from remembrain.cohort.joined_columns import Aligned, Joined, differing
from remembrain.cohort.names import people_of, person_of
from remembrain.cohort.no_column import insist_on_column, no_person
from remembrain.cohort.same_names import person_key, session_key
from remembrain.cohort.text_table import TextTable
from remembrain.cohort.tsv import is_missing
from remembrain.cohort.visits import Source, source_of
from remembrain.errors import DataError, Problem

FEWEST_COMMON = 0.5
"""A column that names so many of the people of another table is offered as the one that names them."""
SAMPLED = 20_000
"""So many rows are looked at for that."""


@dataclass(frozen=True)
class Beside:
    """Tables that are joined to a first one: of more measures, and of people."""

    features: tuple[Path, ...] = ()
    participants: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every one of them."""
        return (*self.features, *([self.participants] if self.participants is not None else []))


ALONE = Beside()
"""No further table."""


def read_joined(path: Path, beside: Beside, columns: Columns, reading: Reading) -> TextTable:
    """Read a table, and join to it what other tables say of the same people.

    Parameters
    ----------
    path
        The table that says which rows there are.
    beside
        The others.
    columns, reading
        What the user says of columns.

    Raises
    ------
    DataError
        Where a file cannot be read, names nobody, or has nobody in common with the first.
    """
    first = read_cells(path)
    if not beside.files:
        return first
    _insist_on_each_once(path, beside)
    others = {file: _read(file).distinct() for file in beside.files}
    _insist_on_keys([first, *others.values()], columns, path)
    rows = Rows.of(first, path, columns)
    aligned, problems = [], list[Problem]()
    for file, table in others.items():
        of_people = file == beside.participants
        one, told = _aligned(rows, table, file, columns, reading, of_people=of_people)
        aligned.append(one)
        problems += told
    stays = [row for row, name in enumerate(rows.people) if not name or all(one.rows[row] >= 0 for one in aligned)]
    joined = Joined(path, first, columns, reading, stays, [rows.sessions[row] for row in stays])
    for one in aligned:
        joined.add(one)
    return joined.table((*problems, *joined.problems))


@dataclass(frozen=True, eq=False)
class Rows:
    """Whose each row of the first table is, and of which session."""

    where: str
    people: tuple[str, ...]
    sessions: tuple[str, ...]

    @classmethod
    def of(cls, table: TextTable, path: Path, columns: Columns) -> Rows:
        """Read them; what is to be said of them is said when the joined table is read.

        Raises
        ------
        DataError
            Where no column names the person.
        """
        frame = table.frame
        asked = [name if name in frame.columns else None for name in (columns.person, columns.session)]
        person = fact_column(frame, "person", asked[0], where=path.name).name
        session = fact_column(frame, "session", asked[1], where=path.name).name
        if not person:
            raise no_person([*frame.columns], path.name)
        said = frame[session] if session else [""] * len(frame)
        named = people_of(*([_said(cell) for cell in column] for column in (frame[person], said)), where=path.name)
        return cls(path.name, named.people, named.sessions)

    @property
    def by_person(self) -> dict[str, list[str]]:
        """The sessions of everybody."""
        by_person: dict[str, list[str]] = defaultdict(list)
        for person, session in zip(self.people, self.sessions, strict=True):
            if person:
                by_person[person].append(session)
        return by_person


def _said(cell: object) -> str:
    """Return what a cell says; "" for nothing."""
    return "" if is_missing(str(cell)) else str(cell)


def _read(path: Path) -> TextTable:
    """Read a further table."""
    if not path.is_file() and not path.is_symlink():
        what = "is a folder" if path.is_dir() else "no such file"
        raise DataError(what, where=path, expected="a table ending in .tsv, .csv or .parquet")
    return read_cells(path)


def _insist_on_each_once(path: Path, beside: Beside) -> None:
    """Raise where a file is named twice."""
    seen: set[Path] = set()
    for file in (path, *beside.files):
        if file.resolve() in seen:
            raise DataError("is named twice among the tables that are joined", where=file, expected="each once")
        seen.add(file.resolve())


def _insist_on_keys(tables: Sequence[TextTable], columns: Columns, path: Path) -> None:
    """Raise where a column by which the user joins is in no table."""
    together = pd.DataFrame(columns=list(dict.fromkeys(name for table in tables for name in table.frame.columns)))
    for name, option in ((columns.person, "--person-column"), (columns.session, "--session-column")):
        if name is not None:
            insist_on_column(together, name, where=path.name, option=option)


def _aligned(
    rows: Rows, table: TextTable, path: Path, columns: Columns, reading: Reading, *, of_people: bool
) -> tuple[Aligned, list[Problem]]:
    """Return which row of a table belongs to each row of the first, and what is to be said of it."""
    by_person = rows.by_person
    asked = replace(columns, person=columns.person if columns.person in table.frame.columns else None)
    source, problems = source_of(table, path, by_person, asked)
    _insist_on_somebody(rows, source, path)
    places, told = _once_each(source, table, by_person, columns if of_people else None, reading)
    there = replace(source, people=tuple(name if row in places else "" for row, name in enumerate(source.people)))
    found = [
        _row_of(there, person, session, by_person) for person, session in zip(rows.people, rows.sessions, strict=True)
    ]
    untold = list(_not_told_apart(rows, there, of_people=of_people))
    asked_of = {problem.participant for problem in untold}
    alone = (note for note in _alone(rows, there, found) if note.participant not in asked_of)
    problems += [*told, *untold, *alone]
    return Aligned(path, table, source, tuple(-1 if row is None else row for row in found), of_people), problems


def _row_of(source: Source, person: str, session: str, by_person: Mapping[str, Sequence[str]]) -> int | None:
    """Return the row of a person's session; without a session the only one that there is."""
    if not person:
        return None
    mine = source.of(person)
    if not session and len(mine) == 1:
        return mine[0]
    return source.row(person, session, by_person[person])


def _insist_on_somebody(rows: Rows, source: Source, path: Path) -> None:
    """Raise where no person is in both tables, naming the column that would join them."""
    names = dict.fromkeys(name for name in rows.people if name)
    if not names.keys().isdisjoint(source.people):
        return
    keys = {person_key(name) for name in names}
    shares = {str(name): _share(source.frame[name].head(SAMPLED), keys) for name in source.frame.columns}
    best = max(shares, key=shares.__getitem__)
    raise DataError(
        f"names nobody of {rows.where}: here {few(dict.fromkeys(source.people), 3)}, there {few(names, 3)}",
        where=path,
        expected="the same names in both, with or without sub-, zeros and sessions behind them",
        try_next=f"--person-column {shlex.quote(best)}"
        if shares[best] >= FEWEST_COMMON
        else "--person-column NAME, where another column names the person",
    )


def _share(cells: pd.Series, keys: Collection[str]) -> float:
    """Return how many of these people a column names."""
    named = {person_key(person_of(str(cell))[0]) for cell in cells if not is_missing(str(cell))}
    return len(named & {*keys}) / len(keys) if keys else 0.0


def _once_each(
    source: Source,
    table: TextTable,
    wanted: Mapping[str, Sequence[str]],
    people: Columns | None,
    reading: Reading,
) -> tuple[set[int], list[Problem]]:
    """Return the first row of each person and session, and a problem for each of whom two rows disagree.

    Of a table of people (``people`` says what counts in it) the label, sex and site have to agree, of others all.
    """
    by_row: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, (person, session) in enumerate(zip(source.people, source.sessions, strict=True)):
        by_row[person, session_key(session) if session else ""].append(row)
    problems, again = [], 0
    for (person, _), several in by_row.items():
        if len(several) == 1 or person not in wanted:
            continue
        says = differing(source.frame.iloc[several], people, {*reading.drop, *source.keys})
        again += not says
        if says:
            lines = " and ".join(str(table.lines[row]) for row in several[:3])
            of = f"{person} {source.sessions[several[0]]}".strip()
            hint = "" if source.by_session else ", and no column says the session (--session-column NAME)"
            what = f"{len(several)} rows (lines {lines}) that differ in {says}{hint}"
            summary = "several rows of one person that disagree"
            problems.append(Problem(f"{source.where}: {of}", f"has {what}", participant=person, summary=summary))
    if again:
        what = f"{again} people have several rows that say the same, which count once"
        problems.append(Problem(source.where, what, fatal=False))
    return {several[0] for several in by_row.values()}, problems


def _not_told_apart(rows: Rows, source: Source, *, of_people: bool) -> Iterable[Problem]:
    """Yield a problem for everybody of whom it is not said which session a row of measures, or of facts, is of."""
    for person, sessions in rows.by_person.items():
        theirs = source.of(person)
        where = f"{source.where}: {shown(person)}"
        if not any(sessions) and len(theirs) > 1 and source.row(person, "", [""]) is None:
            what = (
                f"has {len(theirs)} rows ({few(source.sessions[row] for row in theirs)}), and {rows.where} no session"
            )
            yield Problem(where, what, participant=person, summary="which session a row is of is not said")
        elif not of_people and len(set(sessions)) > 1 and any(not source.sessions[row] for row in theirs):
            what = f"has a row without a session, and {rows.where} has {few(sorted(set(sessions)))}"
            yield Problem(where, what, participant=person, summary="which session a row is of is not said")


def _alone(rows: Rows, source: Source, found: Sequence[int | None]) -> Iterable[Problem]:
    """Yield a note for every row of one table that is not in the other."""
    here, there = rows.by_person, {name for name in source.people if name}
    used = {row for row in found if row is not None}
    for person, session, row in zip(rows.people, rows.sessions, found, strict=True):
        if row is None and person and person not in there:
            yield _left_out(person, None, rows.where, source.where)
        elif row is None and person:
            yield _left_out(person, session, rows.where, source.where)
    for row, (person, session) in enumerate(zip(source.people, source.sessions, strict=True)):
        if person and person not in here:
            yield _left_out(person, None, source.where, rows.where)
        elif person and row not in used:
            yield _left_out(person, session, source.where, rows.where)


def _left_out(person: str, session: str | None, here: str, there: str) -> Problem:
    """Return the note that somebody, or a session of theirs, stands in one table alone."""
    of = shown(f"{person} {session or ''}".strip())
    kind = "people" if session is None else "sessions"
    what, short = (
        f"{of} has no row in {there}, and is left out",
        f"{kind} of {here} have no row in {there}, and are left out",
    )
    return Problem(here, what, fatal=False, participant=person, summary=short, session=session)
