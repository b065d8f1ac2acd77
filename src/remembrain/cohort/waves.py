"""Ages of several sessions in the columns of one row (age_bl, age_wave2), and how far sessions lie apart.

Knows names and dates alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd

from remembrain.cohort.label_cells import plain_number
from remembrain.cohort.tsv import read_rows
from remembrain.errors import DataError

_FILLERS = frozenset(("at", "scan", "mri", "in", "y", "yr", "yrs", "year", "years", "of", "the"))
_WAVE_WORDS = frozenset(
    ("ses", "session", "visit", "vis", "v", "wave", "w", "tp", "timepoint", "time", "t", "assessment", "run", "exam")
)
_SAME = {"base": "baseline", "bl": "baseline", "fu": "followup"}
_NAMED_WAVES = frozenset(("baseline", "followup", "pre", "post", "screening"))
DAYS_A_YEAR = 365.25
_DAYS = {
    **dict.fromkeys(("d", "day", "days"), 1.0),
    **dict.fromkeys(("wk", "wks", "week", "weeks"), 7.0),
    **dict.fromkeys(("m", "mo", "month", "months"), DAYS_A_YEAR / 12),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), DAYS_A_YEAR),
}
_IN_NAME = re.compile(r"(?<![0-9])(?:1[89]|20)[0-9]{2}(?:([-.]?)(?:0[1-9]|1[0-2])\1(?:[0-2][0-9]|3[01]))?(?![0-9])")
_OTHER_DATES = frozenset(
    (
        "birth",
        "processed",
        "processing",
        "update",
        "updated",
        "download",
        "upload",
        "created",
        "modified",
        "qc",
        "stamp",
    )
)


@dataclass(frozen=True)
class Waves:
    """Which column has the label of which session; ``asked`` is what has to be decided by the user, if anything."""

    columns: Mapping[str, str]
    asked: str = ""


def find_waves(names: Sequence[str], label: str, plain: str, sessions: Iterable[str]) -> Waves:
    """Find the columns that hold the label of one session each.

    Parameters
    ----------
    names
        All columns of the table that has a row a person.
    label
        What they hold, as ``age`` in ``age_ses-1`` and ``T2_age``.
    plain
        The column of the label itself, ``""`` where there is none.
    sessions
        The sessions of all scans that look here; "" for scans without one.

    Returns
    -------
    waves
        Empty where no column is of that kind. With a plain column beside them, the first session may have that one.
    """
    wanted = sorted(set(sessions))
    of_session = {session: _wave(session) for session in wanted}
    candidates: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in names:
        wave = _wave_of_column(name, label)
        if wave and name != plain and (_is_wave(wave) or wave in of_session.values()):
            candidates[wave].append(name)
    if not candidates or (plain and len(wanted) < 2):
        return Waves({})
    columns = {s: candidates[wave][0] for s, wave in of_session.items() if len(candidates.get(wave, ())) == 1}
    left = [session for session in wanted if session not in columns]
    if plain and left == wanted[:1] and len(set(of_session.values())) == len(wanted):
        columns[left.pop()] = plain
    if not left and len(set(columns.values())) == len(columns):
        return Waves(columns)
    listed = ", ".join(name for several in candidates.values() for name in several)
    there = ", ".join(session or "scans without a session" for session in wanted[:6])
    asked = f"has the columns {listed}, and which of them belongs to {there} is not told"
    return Waves({}, f"{asked}: name them {label}_SESSION, or say --label COLUMN")


def _tokens(name: str) -> list[str]:
    """Return the words and numbers of a name."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return [token.lstrip("0") or token[:1] for token in re.findall(r"[^\W\d_]+|[0-9]+", apart)]


def _wave(name: str) -> tuple[str, ...]:
    """Return what tells a session from others: ses-01, wave1 and T1 are 1; bl and baseline are one."""
    tokens = _tokens(re.sub(r"follow[-_ ]?up", "followup", name, flags=re.IGNORECASE))
    tokens = [_SAME.get(token, token) for token in tokens]
    bare = tuple(token for token in tokens if token not in _WAVE_WORDS)
    return bare or tuple(tokens)


def _wave_of_column(name: str, label: str) -> tuple[str, ...]:
    """Return the wave that a column's name says beside the label; empty where it does not hold the label."""
    tokens, wanted = _tokens(name), _tokens(label)
    for place in range(len(tokens) - len(wanted) + 1):
        if tokens[place : place + len(wanted)] == wanted:
            rest = [token for token in tokens[:place] + tokens[place + len(wanted) :] if token not in _FILLERS]
            return _wave(" ".join(rest)) if rest else ()
    return ()


def _is_wave(wave: tuple[str, ...]) -> bool:
    """Tell whether this can be nothing but a session."""
    return all(token.isdigit() or token in _NAMED_WAVES for token in wave)


def days_apart(folder: Path, person: str, sessions: Sequence[str], table: pd.DataFrame | None) -> float | None:
    """Return how many days lie between the first and the last of a person's sessions, or None where nothing tells.

    Told by ``acq_time`` of scans.tsv, by dates and days of the sessions table, by names such as ses-M24.

    Parameters
    ----------
    folder
        Root of the data set.
    person, sessions
        As the folder names them.
    table
        The rows of the sessions table, in the order of ``sessions``, if there is one.
    """
    kinds = [_scanned(folder, person, sessions), *_days_told(sessions, table)]
    return _apart(kinds, len(sessions))


def days_between(sessions: Sequence[str], table: pd.DataFrame) -> float | None:
    """Return the same as :func:`days_apart` of the rows of one person in a table, by its cells and the names alone."""
    return _apart(_days_told(sessions, table), len(sessions))


def _days_told(sessions: Sequence[str], table: pd.DataFrame | None) -> list[list[float | None]]:
    """Return the day of each session, by each column that tells it and by the names."""
    in_table = [_days_in_rows(table, str(name)) for name in table.columns] if table is not None else []
    return [*in_table, [_days_in_name(session) for session in sessions]]


def _apart(kinds: Sequence[Sequence[float | None]], sessions: int) -> float | None:
    """Return how far sessions lie apart by the first that tells; 0 only where nothing says more."""
    told = None
    for days in kinds:
        known = [day for day in days if day is not None]
        if len(known) > 1 and (len(known) == sessions or max(known) - min(known) > DAYS_A_YEAR):
            told = max(known) - min(known)
            if told:
                return told
    return told


def _scanned(folder: Path, person: str, sessions: Sequence[str]) -> list[float | None]:
    """Return the first day of each session by the times of acquisition in scans.tsv."""
    days: list[float | None] = []
    for session in sessions:
        near = folder / person / session / f"{person}_{session}_scans.tsv"
        path = near if near.exists() else folder / person / f"{person}_scans.tsv"
        try:
            rows = read_rows(path)
        except DataError:
            days.append(None)
            continue
        if "filename" not in rows.columns or "acq_time" not in rows.columns:
            days.append(None)
            continue
        mine = rows[[path == near or f"{session}_" in str(name) for name in rows["filename"]]]
        known = [day for cell in mine["acq_time"] if (day := _day(str(cell))) is not None]
        days.append(min(known) if known else None)
    return days


def _days_in_rows(table: pd.DataFrame, name: str) -> list[float | None]:
    """Return the day of each row by a column of dates, or of days, months or years since the start."""
    words = _tokens(name)
    if set(words) & _OTHER_DATES:
        return [None] * len(table)
    if {"acq", "acquisition", "time"} & set(words) or any(word.endswith("date") for word in words):
        return [_day(str(cell)) for cell in table[name]]
    per = next(
        (days for word, days in (("days", 1.0), ("months", DAYS_A_YEAR / 12), ("years", DAYS_A_YEAR)) if word in words),
        None,
    )
    if per is None or not {"since", "from", "after", "offset"} & set(words):
        return [None] * len(table)
    return [None if (value := plain_number(str(cell))) is None else value * per for cell in table[name]]


def _days_in_name(session: str) -> float | None:
    """Return the day of a session whose name has a date, or counts: ses-M024, d0129, 2YearFollowUp, 20100101."""
    dated = _IN_NAME.search(session)
    if dated is not None:
        return _day(dated[0] if len(dated[0]) > 4 else f"{dated[0]}-07-01")
    tokens = _tokens(session.removeprefix("ses-"))
    if tokens and tokens[0] in ("bl", "baseline"):
        return 0.0
    for first, second in pairwise(tokens):
        number, word = (first, second) if first.isdigit() else (second, first)
        if number.isdigit() and word in _DAYS:
            return float(number) * _DAYS[word]
    return None


def _day(text: str) -> float | None:
    """Return the day of a date in ISO form, with or without a time; the middle of its year for any other form."""
    match = re.match(r"([0-9]{4})([-/.]?)([0-9]{2})\2([0-9]{2})(?![0-9])", text.strip())
    try:
        if match is not None:
            return float(date(int(match[1]), int(match[3]), int(match[4])).toordinal())
    except ValueError:
        return None
    if plain_number(text) is not None:
        return None
    years = re.findall(r"(?<![0-9])(?:1[89]|20)[0-9]{2}(?![0-9])", text)
    return float(date(int(years[0]), 7, 1).toordinal()) if len(years) == 1 else None
