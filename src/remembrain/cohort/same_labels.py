"""Whether several scans of one person have one label though they are of different times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from remembrain.cohort.ages import is_age
from remembrain.cohort.label_places import LabelPlace, Scanned
from remembrain.cohort.visits import Sources, rows_of
from remembrain.cohort.waves import DAYS_A_YEAR, days_apart, days_between
from remembrain.errors import Problem


def same_labels(
    folder: Path,
    scans: Sequence[Scanned],
    places: Sequence[LabelPlace],
    values: Sequence[float | None],
    sources: Sources,
    label: str,
) -> tuple[set[int], list[Problem]]:
    """Return which scans cannot all have the age that they share, and what is to be said of these and of the others.

    Parameters
    ----------
    folder
        Root of the data set, for times of acquisition.
    scans, places, values
        Each scan, where its label stands, and the label.
    sources
        All tables, for dates of sessions.
    label
        Its name.
    """
    theirs: dict[str, list[int]] = defaultdict(list)
    for place, scan in enumerate(scans):
        if values[place] is not None:
            theirs[scan.person].append(place)
    first = min((scan.session for scan in scans if scan.session), default="")
    wrong: set[int] = set()
    untold: set[str] = set()
    problems: list[Problem] = []
    for person, mine in theirs.items():
        sessions = [scans[place].session for place in mine]
        of_person = any(places[place].row_is_of_person for place in mine)
        if len(mine) == 1:
            untold |= {person} if of_person and sessions[0] not in ("", first) else set()
            continue
        if len({values[place] for place in mine}) > 1:
            continue
        days = days_apart(folder, person, sessions, rows_of(sources, person, sessions))
        if days is None:
            untold |= {person} if of_person else set()
        elif days > DAYS_A_YEAR and is_age(label):
            wrong |= set(mine)
            problems.append(_years_apart(person, sessions, days, label))
    if untold:
        what = (
            f"{len(untold)} people have scans of several sessions, or of a later one, and one {label}; nothing tells "
            "how far these lie apart: bring it by session (sessions.tsv) where that is long"
        )
        problems.append(Problem(sources.participants.where, what, fatal=False))
    return wrong, problems


def same_labels_in_rows(
    people: Sequence[str], sessions: Sequence[str], values: Sequence[float | None], table: pd.DataFrame, label: str
) -> tuple[list[Problem], int]:
    """Return who has one age in rows that lie years apart, and for how many nothing tells whether theirs do.

    Parameters
    ----------
    people, sessions, values
        Of each row of a table: whose it is, of which session, and the label.
    table
        All cells, for dates of sessions.
    label
        Its name.
    """
    theirs: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        if person and sessions[place] and values[place] is not None:
            theirs[person].append(place)
    problems, untold = [], 0
    for person, mine in theirs.items():
        if len(mine) < 2 or len({values[place] for place in mine}) > 1:
            continue
        of = [sessions[place] for place in mine]
        days = days_between(of, table.iloc[mine])
        untold += days is None
        if days is not None and days > DAYS_A_YEAR and is_age(label):
            problems.append(_years_apart(person, of, days, label))
    return problems, untold


def _years_apart(person: str, sessions: Sequence[str], days: float, label: str) -> Problem:
    """Return that scans of somebody cannot all have the age that they share."""
    what = f"{' and '.join(sessions[:4])} lie {days / DAYS_A_YEAR:.1f} years apart, and have one {label}"
    return Problem(person, what, participant=person, summary=f"scans that lie years apart have one {label}")
