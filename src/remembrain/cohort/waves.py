"""Ages of several sessions in the columns of one row (age_bl, age_wave2), and how far sessions lie apart.

Knows names and dates alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
    in_table = [_days_in_rows(table, name) for name in table.columns] if table is not None else []
    kinds = [_scanned(folder, person, sessions), *in_table, [_days_in_name(session) for session in sessions]]
    for days in kinds:
        known = [day for day in days if day is not None]
        if len(known) > 1 and (len(known) == len(sessions) or max(known) - min(known) > DAYS_A_YEAR):
            return max(known) - min(known)
    return None


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
    if {"acq", "date", "acquisition"} & set(words) or "time" in words:
        return [_day(str(cell)) for cell in table[name]]
    per = next(
        (days for word, days in (("days", 1.0), ("months", DAYS_A_YEAR / 12), ("years", DAYS_A_YEAR)) if word in words),
        None,
    )
    if per is None or not {"since", "from", "after", "offset"} & set(words):
        return [None] * len(table)
    return [None if (value := plain_number(str(cell))) is None else value * per for cell in table[name]]


def _days_in_name(session: str) -> float | None:
    """Return the day of a session whose name counts months or years: ses-M024, ses-2yr."""
    name = session.removeprefix("ses-").lower()
    if name in ("bl", "baseline"):
        return 0.0
    match = re.fullmatch(r"m(?:onth)?([0-9]+)|([0-9]+)m(?:o|onths?)?|y(?:ear|r)?([0-9]+)|([0-9]+)y(?:r|ears?)?", name)
    if match is None:
        return None
    months = match[1] or match[2]
    return float(months) * DAYS_A_YEAR / 12 if months else float(match[3] or match[4]) * DAYS_A_YEAR


def _day(text: str) -> float | None:
    """Return the day of a date in ISO form, with or without a time."""
    match = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    try:
        return float(date.fromisoformat(match[0]).toordinal()) if match else None
    except ValueError:
        return None
