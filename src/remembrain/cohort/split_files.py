"""Splits as they are written and read: a table of roles, or two lists of people."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int

from remembrain._text import few, shown
from remembrain.cohort.meant import UNUSED, Listed
from remembrain.cohort.names import ENTITIES
from remembrain.cohort.roster import Roles, not_there, read_roles, read_roster
from remembrain.cohort.same_names import match_names, session_key
from remembrain.cohort.splits import Split, draw_known, insist_on_people
from remembrain.errors import Problem, ProblemsError
from remembrain.run import read_json, sha256, write_json, write_text
from remembrain.types import ROLES, Scans

COLUMNS = ("participant_id", "session_id", "role", "attacker_knows")
LOT = "lot.json"
"""What says beside a split that it was drawn by lot."""


def write_split(path: Path, scans: Scans, split: Split, *, by_lot: bool = False) -> None:
    """Write the split as a table of participant_id, session_id, role and attacker_knows.

    Where it was drawn by lot, its hash stays beside it (:func:`is_by_lot`).
    """
    text = split_text(scans, split)
    if by_lot:  # first: where a table is without its hash, it was not drawn
        write_json(path.with_name(LOT), {"split": hashlib.sha256(text.encode()).hexdigest()})
    write_text(path, text)


def is_by_lot(path: Path) -> bool:
    """Tell whether a split that was kept is the one that was drawn by lot, as nobody has changed it since."""
    lot = path.with_name(LOT)
    return lot.is_file() and path.is_file() and read_json(lot) == {"split": sha256(path)}


def split_text(scans: Scans, split: Split) -> str:
    """Return what ``write_split`` writes."""
    rows = [
        f"{person}\t{session or 'n/a'}\t{role}\t{int(knows)}"
        for person, session, role, knows in zip(
            scans.participant_id, scans.session_id, split.role, split.attacker_knows, strict=True
        )
        if role != UNUSED
    ]
    return "\n".join(["\t".join(COLUMNS), *rows]) + "\n"


def read_split(path: Path, scans: Scans, passed_over: Collection[str] = ()) -> Split:
    """Read a split in the format of ``write_split``; a row without a session holds for all scans of its person.

    Parameters
    ----------
    path
        The table; roles and marks may be said in usual words (train, test; yes, no), names without ``sub-`` or zeros.
    scans
        All scans of the cohort.
    passed_over
        People whose rows need no scans: these were left out of the data.

    Raises
    ------
    ProblemsError
        With everything that is wrong: unknown people, two roles for one person, roles and marks that do not exist.
    DataError
        Where columns are missing or people are too few.
    """
    read = read_roles(path, COLUMNS)
    matched = match_names(read.listed.names, {*scans.participant_id.tolist(), *passed_over}, where=path.name)
    people = [matched.spelling.get(name, name) for name in read.listed.names]
    problems = [note for note in read.listed.notes if note.fatal]
    problems += [*not_there(matched, read.listed.names, path), *_problems_of(read, people, path)]
    role = np.full(len(scans), UNUSED, dtype="<U10")
    knows = np.zeros(len(scans), dtype=bool)
    for person, session, its_role, known in zip(people, read.listed.sessions, read.roles, read.knows, strict=True):
        places = scans_of(scans, person, session)
        if not len(places) and person in matched.spelling.values() and person not in passed_over:
            problems.append(Problem(f"{path.name}: {shown(person)} {shown(session)}", "no such session in the data"))
        role[places], knows[places] = its_role, known is True
    if problems:
        raise ProblemsError(problems, where=path)
    split = Split(role, knows, (*read.listed.notes, *matched.notes))
    insist_on_people(split, scans, path)
    return split


def scans_of(scans: Scans, person: str, session: str) -> Int[np.ndarray, "some"]:
    """Return the places of a person's scans; of one session where it is named, with or without ``ses-`` or zeros.

    What tells images of one session apart (``run-1``) names the only scan that somebody has.
    """
    places = np.flatnonzero(scans.participant_id == person)
    if not session:
        return places
    theirs = scans.session_id[places]
    exact = places[theirs == session]
    like = places[[session_key(name) == session_key(session) for name in theirs.tolist()]]
    if not len(exact) and not len(like) and len(places) == 1 and re.fullmatch(rf"(?:{ENTITIES}_?)+", session):
        return places
    return exact if len(exact) or len(set(scans.session_id[like].tolist())) != 1 else like


def _problems_of(read: Roles, people: Sequence[str], path: Path) -> list[Problem]:
    """Return what is wrong with the rows of a split."""
    problems = []
    rows = pd.DataFrame({"person": people, "role": read.roles, "knows": read.knows})
    for person, theirs in rows.groupby("person", sort=False):
        where = f"{path.name}: {shown(person)}"
        roles = sorted(set(theirs["role"]) - {UNUSED})
        if len(roles) > 1:
            what = "has several roles at once, and a person can have one"
            problems.append(
                Problem(
                    where, f"is {few(roles, between=' and ')} at once, and a person can have one role", summary=what
                )
            )
        problems += [
            Problem(
                where, f"role {shown(role)!r}, expected {', '.join(ROLES)}", summary="has a role that does not exist"
            )
            for role in roles
            if role not in ROLES
        ]
        marks = list(dict.fromkeys(theirs["knows"]))
        problems += [
            Problem(
                where, f"attacker_knows {shown(mark)!r}, expected 0 or 1", summary="attacker_knows is neither 0 nor 1"
            )
            for mark in marks
            if isinstance(mark, str)
        ]
        if len(marks) > 1:
            problems.append(Problem(where, "the attacker knows one session and not another of the same person"))
    return problems


def read_lists(
    members: Path,
    nonmembers: Path,
    scans: Scans,
    rng: np.random.Generator,
    known: float = 0.5,
    passed_over: Collection[str] = (),
) -> Split:
    """Make a split of two lists of participants, and draw whom the attacker knows.

    Parameters
    ----------
    members, nonmembers
        A name a line, or tables with a column of names and perhaps one of sessions.
    scans
        All scans of the cohort.
    rng
        Source of the draw.
    known
        Share of members and of non-members whom the attacker knows.
    passed_over
        People who need no scans in the data: these were left out.

    Raises
    ------
    ProblemsError
        With everybody who stands in both lists, or is not in the data.
    DataError
        Where people are too few.
    """
    have = {*scans.participant_id.tolist(), *passed_over}
    listed = {
        "member": read_roster(members, have, "member"),
        "nonmember": read_roster(nonmembers, have, "nonmember"),
    }
    names = [*listed["member"].names, *listed["nonmember"].names]
    where = f"{members.name} and {nonmembers.name}"
    matched = match_names(names, have, where=where)
    problems: list[Problem] = []
    role = np.full(len(scans), UNUSED, dtype="<U10")
    people: dict[str, set[str]] = {}
    for path, (its_role, roster) in zip((members, nonmembers), listed.items(), strict=True):
        problems += not_there(matched, roster.names, path)
        people[its_role] = {matched.spelling[name] for name in roster.names if name in matched.spelling}
        for name, session in zip(roster.names, roster.sessions, strict=True):
            person = matched.spelling.get(name, name)
            places = scans_of(scans, person, session)
            role[places] = its_role
            if not len(places) and name in matched.spelling and person not in passed_over:
                problems.append(
                    Problem(f"{path.name}: {shown(person)} {shown(session)}", "no such session in the data")
                )
    both = sorted(people["member"] & people["nonmember"])
    problems += [Problem(f"{where}: {name}", "stands in both lists") for name in both]
    if problems:
        raise ProblemsError(problems, where=members)
    split = Split(role, np.zeros(len(scans), dtype=bool))
    insist_on_people(split, scans, members, known_too=False)
    notes = (*listed["member"].notes, *listed["nonmember"].notes, *matched.notes)
    split = Split(role, draw_known(split, scans, rng, known), notes)
    insist_on_people(split, scans, members)
    return split


def people_in(path: Path, have: Collection[str], listed: Listed | None = None) -> set[str]:
    """Return whom a split, or a list of these people, names, as the data spells them."""
    matched = match_names(read_roster(path, have, listed).names, have, where=path.name)
    return set(matched.spelling.values())
