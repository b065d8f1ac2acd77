"""Who was trained on, who was not, and whom the attacker knows: by person, never by scan.

A split that is made here matches members and non-members on age, sex and site, because an attack on groups that differ
finds the difference and not the target's memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int

from remembrain._text import few, shown
from remembrain.cohort.meant import UNUSED, Listed
from remembrain.cohort.names import ENTITIES, match_names, session_key
from remembrain.cohort.roster import Roles, not_there, read_roles, read_roster
from remembrain.cohort.spreading import evenly, interleaved, numbers_of_roles, people_in_a_row, spread_roles
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import read_json, sha256, write_json, write_text
from remembrain.types import ROLES, Role, Scans, Texts

COLUMNS = ("participant_id", "session_id", "role", "attacker_knows")
LOT = "lot.json"
"""What says beside a split that it was drawn by lot."""

FEWEST_PEOPLE = 20


@dataclass(frozen=True, eq=False)
class Split:
    """The role of each scan, and whether the attacker knows its membership; ``role`` is "unused" for the rest.

    ``notes`` say how the file of a split was understood, where that is not plain.
    """

    role: Texts
    attacker_knows: Bool[np.ndarray, "scan"]
    notes: tuple[Problem, ...] = ()

    def index(self, *roles: Role) -> Int[np.ndarray, "some"]:
        """Return the places of the scans of these roles."""
        return np.flatnonzero(np.isin(self.role, roles))

    def used(self) -> Int[np.ndarray, "some"]:
        """Return the places of the scans that have a role."""
        return np.flatnonzero(self.role != UNUSED)

    def take(self, index: Int[np.ndarray, "some"]) -> Split:
        """Return the split of these scans alone."""
        return Split(self.role[index], self.attacker_knows[index], self.notes)


def make_split(
    scans: Scans,
    rng: np.random.Generator,
    *,
    members: float,
    nonmembers: float,
    validation: float,
    population: float = 0,
    canaries: int = 0,
    known: float = 0.5,
) -> Split:
    """Divide people into members, non-members, validation, population and canaries, alike in age, sex and site.

    Parameters
    ----------
    scans
        All scans of the cohort.
    rng
        Source of the draw.
    members, nonmembers, validation, population
        People each: a number (``int``), or a share of all people (``float``). Numbers go first: where they leave too
        few for the shares, shares are cut to what is left, each in proportion.
    canaries
        A number of people.
    known
        Share of members and of non-members whom the attacker knows.

    Raises
    ------
    DataError
        Where there are too few people.
    """
    people, place = people_in_a_row(scans)
    wanted = numbers_of_roles((members, nonmembers, validation, population, canaries), len(people))
    order = interleaved(place, rng)
    role_of = np.full(len(people), UNUSED, dtype="<U10")
    role_of[order] = np.roll(spread_roles(wanted, len(people)), rng.integers(len(people)))
    row = np.searchsorted(people, scans.participant_id)
    split = Split(role_of[row], np.zeros(len(scans), dtype=bool))
    split = Split(split.role, draw_known(split, scans, rng, known))
    insist_on_people(split, scans, Path("the cohort"))
    return split


def draw_known(split: Split, scans: Scans, rng: np.random.Generator, share: float) -> Bool[np.ndarray, "scan"]:
    """Draw whom the attacker knows: this share of the members, and as many non-members or this share of them if fewer.

    By person, spread over age, sex and site.
    """
    counts = [len(np.unique(scans.participant_id[split.index(role)])) for role in ("member", "nonmember")]
    return draw_people(split, scans, rng, [round(share * min(counts))] * 2)


def draw_people(
    split: Split, scans: Scans, rng: np.random.Generator, numbers: Sequence[int]
) -> Bool[np.ndarray, "scan"]:
    """Draw so many known members and non-members, by person, spread over age, sex and site."""
    known = np.zeros(len(scans), dtype=bool)
    for role, number in zip(ROLES[:2], numbers, strict=True):
        mine = split.index(role)
        people, place = people_in_a_row(scans.take(mine))
        order = interleaved(place, rng)
        chosen = people[order[evenly(number, len(people), rng)]]
        known[mine] = np.isin(scans.participant_id[mine], chosen)
    return known


def draw_half(scans: Scans, rng: np.random.Generator) -> Bool[np.ndarray, "scan"]:
    """Draw half of all people, spread over age, sex and site."""
    people, place = people_in_a_row(scans)
    order = interleaved(place, rng)
    return np.isin(scans.participant_id, people[order[evenly(len(people) // 2, len(people), rng)]])


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
    for person, some in rows.groupby("person", sort=False):
        where = f"{path.name}: {shown(person)}"
        roles = sorted(set(some["role"]) - {UNUSED})
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
        marks = list(dict.fromkeys(some["knows"]))
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


def insist_on_people(split: Split, scans: Scans, where: Path, *, known_too: bool = True) -> None:
    """Raise where members, non-members, or those of them known or not known are too few for any interval."""
    for role, word in (("member", "members"), ("nonmember", "non-members")):
        mine = split.role == role
        people = len(np.unique(scans.participant_id[mine]))
        if people < FEWEST_PEOPLE:
            raise DataError(
                f"{people} {word}", where=where, expected=f"at least {FEWEST_PEOPLE}: fewer people prove nothing"
            )
        known = len(np.unique(scans.participant_id[mine & split.attacker_knows]))
        if known_too and not 0 < known < people:
            raise DataError(
                f"the attacker knows {known} of {people} {word}",
                where=where,
                expected="some known to learn from, and some unknown to test on",
            )
