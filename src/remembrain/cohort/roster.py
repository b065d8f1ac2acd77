"""Lists of people as they are kept: names on lines, a table with a column of names, a split with roles.

Says who is listed, of which session, and in which role; whom of these the data have is asked through :mod:`.names`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from remembrain._text import MOST_NAMES, few, shown
from remembrain.cohort.encodings import read_text
from remembrain.cohort.facts import fact_column
from remembrain.cohort.meant import BARE, UNUSED, Listed, contradiction, mark_in, role_in, rows_meant
from remembrain.cohort.names import person_of
from remembrain.cohort.same_names import Matched, match_names
from remembrain.cohort.textfile import read_text_table, tidy_cell
from remembrain.cohort.tsv import is_missing
from remembrain.errors import DataError, Problem
from remembrain.run import read_json
from remembrain.types import ROLES

_ROLE_COLUMNS = ("role", "split", "set", "subset", "partition", "membership")
_KNOWS_COLUMNS = ("attackerknows", "known", "knows", "knownbyattacker", "attackerknown")


@dataclass(frozen=True)
class Roster:
    """Who is listed, line by line, in the spelling of the file; a session is "" where the person is meant."""

    names: tuple[str, ...]
    sessions: tuple[str, ...]
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Roles:
    """A list with roles. A role or a mark that is no known word stands as it is written."""

    listed: Roster
    roles: tuple[str, ...]
    knows: tuple[bool | str, ...]


def read_roster(path: Path, have: Collection[str], listed: Listed | None = None) -> Roster:
    """Read a list of people.

    Parameters
    ----------
    path
        Names on lines, with or without a heading; a table with a column of names; names on one line.
    have
        The people of the data, to tell names from other columns and from a heading.
    listed
        Whom the list is said to hold: where a further column says who they are, they alone are read. None reads
        everybody.

    Raises
    ------
    DataError
        Where the file is missing, empty, or no text; or a further column may say who is meant, and does not for sure.
    """
    if path.suffix.lower() == ".json":
        names = _json_names(path)
        return _tidy(names, [""] * len(names), path, [])
    quoted = _quoted_names(path)
    if quoted:
        return _tidy(quoted, [""] * len(quoted), path, [])
    table = read_text_table(path)
    frame, notes = table.frame, [Problem(path.name, note, fatal=False) for note in table.notes]
    column = fact_column(frame, "person", None, where=path.name).name
    session = fact_column(frame, "session", None, where=path.name).name if column else ""
    if not column:
        frame, notes = _without_heading(frame, set(have), path)
        column = str(frame.columns[0])
    if listed is not None:
        frame = frame[[not is_missing(name) or bool(name.strip()) for name in frame[column]]]
        frame, said = _meant(frame, (column, session), listed, path)
        notes += said
    sessions = frame[session].tolist() if session else [""] * len(frame)
    return _tidy(frame[column].tolist(), sessions, path, notes)


def _meant(
    frame: pd.DataFrame, read: Collection[str], listed: Listed, path: Path
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows of those who are meant, by the columns that are not read as person or session."""
    person = next(iter(read))
    named = frame[[not is_missing(name) for name in frame[person]]]
    rows, notes = rows_meant({str(name): named[name].tolist() for name in frame if name not in read}, listed, path)
    if rows is None:
        return frame, notes
    left_out = named.index[[not meant for meant in rows]]
    return frame.drop(index=left_out), notes


def _json_names(path: Path) -> list[str]:
    """Return the names of a list in JSON."""
    content = read_json(path)
    if not isinstance(content, list) or not all(isinstance(name, str | int) for name in content):
        raise DataError("is no list of names", where=path, expected='["sub-01", "sub-02"]')
    return [tidy_cell(str(name)) for name in content]


def _quoted_names(path: Path) -> list[str]:
    """Return the names of a list as Python and R print it, ['sub-01', 'sub-02'] or c("sub-01"); empty for others."""
    text = read_text(path)[0].strip()
    if re.fullmatch(r"(?:\w+ *(?:=|<-) *)?(?:\[|c\().*[\])]", text, re.DOTALL) is None:
        return []
    return [first or second for first, second in re.findall(r"'([^'\n]*)'|\"([^\"\n]*)\"", text)]


def _without_heading(frame: pd.DataFrame, have: set[str], path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a list whose first line names no column that is known to hold people, the column of names first.

    Columns without a name are called by their places.
    """
    heading = [str(name) for name in frame.columns]
    if len(frame) == 0:
        words = heading[0].split() if len(heading) == 1 else []
        several = len(words) > 1 and not match_names(words, have, where=path.name).unknown
        return pd.DataFrame({BARE.format(1): words if several else heading}, dtype=str), []
    place = max(range(len(heading)), key=lambda place: _share_in(frame.iloc[:, place].tolist(), have, path))
    first, names = heading[place], frame.iloc[:, place].tolist()
    order = [place, *(other for other in range(len(heading)) if other != place)]
    frame = frame.iloc[:, order]
    is_name = not match_names([first], have, where=path.name).unknown or re.search("[0-9]", first) or is_missing(first)
    if is_name or not all(re.search("[0-9]", name) for name in names if not is_missing(name)):
        rows = [[heading[other] for other in order], *frame.to_numpy().tolist()]
        return pd.DataFrame(rows, columns=[BARE.format(other + 1) for other in order], dtype=str), []
    what = f"the first line ({shown(first)}) is taken for a heading, and the lines below for people"
    return frame, [Problem(path.name, what, fatal=False, summary="the first line of a list is taken for a heading")]


def _share_in(cells: Sequence[str], have: set[str], path: Path) -> tuple[float, float]:
    """Return which share of cells names people of the data, as they are spelled there and in any spelling."""
    known = {person_of(cell)[0] for cell in cells if not is_missing(cell)}
    exact = sum(bool({name, f"sub-{name}", name.removeprefix("sub-")} & have) for name in known)
    loose = len(known) - len(match_names(known, have, where=path.name).unknown)
    return exact / max(len(known), 1), loose / max(len(known), 1)


def _tidy(names: Sequence[str], sessions: Sequence[str], path: Path, notes: Sequence[Problem]) -> Roster:
    """Return a roster without lines that name nobody; sessions behind names are taken off."""
    kept: dict[tuple[str, str], None] = {}
    empty = 0
    for name, session in zip(names, sessions, strict=True):
        if is_missing(name):
            empty += bool(name.strip())
            continue
        person, said = person_of(re.sub(r"^[-*•]\s+", "", name).strip("'\" "))
        session = "" if is_missing(session) else session  # noqa: PLW2901
        kept[person, session or said.split("_")[0]] = None
    lines = "line says" if empty == 1 else "lines say"
    more = [Problem(path.name, f"{empty} {lines} n/a for a name, left out", fatal=False)] if empty else []
    return Roster(tuple(name for name, _ in kept), tuple(session for _, session in kept), (*notes, *more))


def read_roles(path: Path, columns: Sequence[str]) -> Roles:
    """Read a table of people and their roles.

    Parameters
    ----------
    path
        The table.
    columns
        What it should have, for messages: person, session, role, and whether the attacker knows.

    Raises
    ------
    DataError
        Where it has no such columns.
    """
    table = read_text_table(path)
    frame, notes = table.frame, [Problem(path.name, note, fatal=False) for note in table.notes]
    person = fact_column(frame, "person", None, where=path.name)
    session = fact_column(frame, "session", None, where=path.name)
    role = _one_of(frame, _ROLE_COLUMNS, columns[2])
    knows = _one_of(frame, _KNOWS_COLUMNS, columns[3])
    missing = [
        name
        for name, is_there in zip((columns[0], *columns[2:]), (person.name, role, knows), strict=True)
        if not is_there
    ]
    if missing:
        raise DataError(
            f"has no column {', '.join(missing)}",
            where=path,
            expected=f"{', '.join(columns)}; it has {few(frame.columns)}",
            try_next="--members-list and --nonmembers-list, which draw whom the attacker knows" if role else None,
        )
    notes += [*person.problems, *session.problems]
    notes += [
        Problem(path.name, f"the column {shown(name)} is taken for {usual}", fatal=False)
        for name, usual in ((role, columns[2]), (knows, columns[3]))
        if name != usual
    ]
    used = (person.name, session.name, role, knows)
    further = {str(name): frame[name].tolist() for name in frame if name not in used}
    notes += contradiction(further, [role_in(word) for word in frame[role]], path)
    said = frame[session.name].tolist() if session.name else [""] * len(frame)
    parts = [person_of(name) for name in frame[person.name]]
    listed = Roster(
        tuple(name for name, _ in parts),
        tuple(
            "" if is_missing(own) else own
            for own in (own or said_by.split("_")[0] for own, (_, said_by) in zip(said, parts, strict=True))
        ),
        tuple(notes),
    )
    return _in_words(listed, frame[role].tolist(), frame[knows].tolist(), path)


def _in_words(listed: Roster, roles: Sequence[str], marks: Sequence[str], path: Path) -> Roles:
    """Understand words of roles and marks, and tell those that are not ours."""
    read = [role_in(word) for word in roles]
    knows = [mark_in(mark) for mark in marks]
    knows = [
        False if isinstance(mark, str) and is_missing(mark) and role not in ("member", "nonmember") else mark
        for mark, role in zip(knows, read, strict=True)
    ]
    notes = list(listed.notes)
    words = {word: role for word, role in zip(roles, read, strict=True) if word != role and role in (*ROLES, UNUSED)}
    if words:
        meanings = few((f"{shown(word, 20)} as {role}" for word, role in sorted(words.items())))
        notes.append(Problem(path.name, f"roles are read so: {meanings}", fatal=False))
    return Roles(Roster(listed.names, listed.sessions, tuple(notes)), tuple(read), tuple(knows))


def _one_of(frame: pd.DataFrame, forms: Sequence[str], usual: str) -> str:
    """Return the column of the usual name, or the only one of these forms; ``""`` where there is none or several."""
    names = [str(name) for name in frame.columns]
    if usual in names:
        return usual
    like = [name for name in names if re.sub(r"[\W_]+", "", name).lower() in forms]
    return like[0] if len(like) == 1 else ""


def not_there(matched: Matched, names: Sequence[str], path: Path) -> list[Problem]:
    """Return who of a list is not in the data: each by name, or all together where it is everybody."""
    listed = list(dict.fromkeys(names))
    unknown = [name for name in listed if name in matched.unknown]
    if len(unknown) > 3 and len(unknown) == len(listed):
        what = f"none of the {len(unknown)} people is in the data ({few(unknown)})"
        return [Problem(path.name, what, summary="nobody on the list is in the data")]
    strange = [name for name in unknown if not matched.alike.get(name)]
    problems = [
        Problem(
            f"{path.name}: {shown(name)}",
            f"is not in the data, and may be {few(matched.alike[name], between=' or ')}, which differs by case or "
            "leading zeros alone",
            summary="is not in the data, and may be somebody whose name differs by case or leading zeros",
        )
        for name in unknown
        if matched.alike.get(name)
    ]
    if len(strange) > MOST_NAMES:
        return [*problems, Problem(path.name, f"{len(strange)} people are not in the data ({few(strange)})")]
    what = "is not in the data"
    return [*problems, *(Problem(f"{path.name}: {shown(name)}", what, summary=what) for name in strange)]
