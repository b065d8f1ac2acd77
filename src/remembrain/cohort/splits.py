"""Who was trained on, who was not, and whom the attacker knows: by person, never by scan.

A split that is made here matches members and non-members on age, sex and site, because an attack on groups that differ
finds the difference and not the target's memory.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int

from remembrain.cohort.tsv import read_rows
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.run import write_text
from remembrain.types import ROLES, Role, Scans, Texts

COLUMNS = ("participant_id", "session_id", "role", "attacker_knows")
FEWEST_PEOPLE = 20
UNUSED = "unused"


@dataclass(frozen=True, eq=False)
class Split:
    """The role of each scan, and whether the attacker knows its membership; ``role`` is "unused" for the rest."""

    role: Texts
    attacker_knows: Bool[np.ndarray, "scan"]

    def index(self, *roles: Role) -> Int[np.ndarray, "some"]:
        """Return the places of the scans of these roles."""
        return np.flatnonzero(np.isin(self.role, roles))

    def used(self) -> Int[np.ndarray, "some"]:
        """Return the places of the scans that have a role."""
        return np.flatnonzero(self.role != UNUSED)

    def take(self, index: Int[np.ndarray, "some"]) -> Split:
        """Return the split of these scans alone."""
        return Split(self.role[index], self.attacker_knows[index])


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
    people, place = _people(scans)
    wanted = _numbers((members, nonmembers, validation, population, canaries), len(people))
    order = _interleaved(place, rng)
    role_of = np.full(len(people), UNUSED, dtype="<U10")
    role_of[order] = np.roll(_spread(wanted, len(people)), rng.integers(len(people)))
    row = np.searchsorted(people, scans.participant_id)
    split = Split(role_of[row], np.zeros(len(scans), dtype=bool))
    split = Split(split.role, draw_known(split, scans, rng, known))
    insist_on_people(split, scans, Path("the cohort"))
    return split


def _numbers(asked: Sequence[float], n: int) -> list[int]:
    """Return how many of n people each role gets."""
    left = n - sum(one for one in asked if isinstance(one, int))
    shares = sum(one for one in asked if not isinstance(one, int))
    if left < 0 or shares > 1 + 1e-9:
        least = n - left if left < 0 else int(np.ceil(shares * n - 1e-9))
        raise DataError(f"{n} people", expected=f"at least {least}, the sum of the roles asked for")
    cut = min(1.0, left / (shares * n)) if shares else 1.0
    return [one if isinstance(one, int) else int(one * cut * n + 1e-9) for one in asked]


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
        people, place = _people(scans.take(mine))
        order = _interleaved(place, rng)
        chosen = people[order[_evenly(number, len(people), rng)]]
        known[mine] = np.isin(scans.participant_id[mine], chosen)
    return known


def draw_half(scans: Scans, rng: np.random.Generator) -> Bool[np.ndarray, "scan"]:
    """Draw half of all people, spread over age, sex and site."""
    people, place = _people(scans)
    order = _interleaved(place, rng)
    return np.isin(scans.participant_id, people[order[_evenly(len(people) // 2, len(people), rng)]])


def _people(scans: Scans) -> tuple[Texts, Int[np.ndarray, "person"]]:
    """Return the people in order of name, and the place of each in a row where neighbours are alike.

    The row goes through the sites; within one through its sexes, within those through the ages: up in one, down in the
    next, so that there is no jump between them.
    """
    people, first = np.unique(scans.participant_id, return_index=True)
    facts = scans.take(first)
    site = np.unique(facts.site.astype(str), return_inverse=True)[1]
    sex = np.unique(facts.sex.astype(str), return_inverse=True)[1]
    sex = np.where(site % 2 == 1, sex.max(initial=0) - sex, sex)
    kind = np.unique(site * (sex.max(initial=0) + 1) + sex, return_inverse=True)[1]
    row = np.lexsort((np.where(kind % 2 == 1, -facts.age, facts.age), kind))
    place = np.empty(len(people), dtype=int)
    place[row] = np.arange(len(people))
    return people, place


def _interleaved(place: Int[np.ndarray, "person"], rng: np.random.Generator) -> Int[np.ndarray, "person"]:
    """Return people in the order of their places, where each pair of neighbours may have changed places."""
    order = np.argsort(place)
    for first in range(0, len(order), 2):
        order[first : first + 2] = rng.permutation(order[first : first + 2])
    return order


def _spread(wanted: Sequence[int], total: int) -> Texts:
    """Return ``total`` roles in which every run has its share of each: members and non-members alternate."""
    labels = np.concatenate(
        [np.full(count, role, dtype="<U10") for role, count in zip(ROLES, wanted, strict=True)]
        + [np.full(total - sum(wanted), UNUSED, dtype="<U10")]
    )
    position = np.concatenate([(np.arange(count) + 0.5) / max(count, 1) for count in (*wanted, total - sum(wanted))])
    return np.asarray(labels[np.argsort(position, kind="stable")])


def _evenly(number: int, total: int, rng: np.random.Generator) -> Int[np.ndarray, "number"]:
    """Return ``number`` different places out of ``total``, at equal distances from a random start."""
    return np.asarray((np.arange(number) + rng.random()) * total / max(number, 1), dtype=int)


def write_split(path: Path, scans: Scans, split: Split) -> None:
    """Write the split as a table of participant_id, session_id, role and attacker_knows."""
    rows = [
        f"{person}\t{session or 'n/a'}\t{role}\t{int(knows)}"
        for person, session, role, knows in zip(
            scans.participant_id, scans.session_id, split.role, split.attacker_knows, strict=True
        )
        if role != UNUSED
    ]
    write_text(path, "\n".join(["\t".join(COLUMNS), *rows]) + "\n")


def read_split(path: Path, scans: Scans, passed_over: Collection[str] = ()) -> Split:
    """Read a split in the format of ``write_split``; a row without a session holds for all scans of its person.

    Rows of people who are passed over need no scans in the data: these were left out.

    Raises
    ------
    ProblemsError
        With everything that is wrong: unknown people, two roles for one person, roles and marks that do not exist.
    DataError
        Where columns are missing or people are too few.
    """
    rows = read_rows(path)
    missing = [column for column in COLUMNS if column != "session_id" and column not in rows.columns]
    if missing:
        raise DataError(f"has no column {', '.join(missing)}", where=path, expected=", ".join(COLUMNS))
    rows["participant_id"] = _as_in({*scans.participant_id.tolist(), *passed_over}, rows["participant_id"].tolist())
    sessions = rows["session_id"].replace({"n/a": ""}) if "session_id" in rows else pd.Series("", index=rows.index)
    problems = _problems_of(rows, path, {*scans.participant_id.tolist(), *passed_over})
    if problems:
        raise ProblemsError(problems, where=path)
    role = np.full(len(scans), UNUSED, dtype="<U10")
    knows = np.zeros(len(scans), dtype=bool)
    for person, session, its_role, known in zip(
        rows["participant_id"], sessions, rows["role"], rows["attacker_knows"], strict=True
    ):
        mine = scans.participant_id == person
        if session:
            mine &= scans.session_id == session
        if not mine.any() and person not in passed_over:
            problems.append(Problem(f"{path.name}: {person} {session}", "no such session in the data"))
        role[mine], knows[mine] = its_role, known == "1"
    if problems:
        raise ProblemsError(problems, where=path)
    split = Split(role, knows)
    insist_on_people(split, scans, path)
    return split


def _problems_of(rows: pd.DataFrame, path: Path, have: Collection[str]) -> list[Problem]:
    """Return what is wrong with the rows of a split of these people."""
    problems = []
    for person, some in rows.groupby("participant_id", sort=False):
        where = f"{path.name}: {person}"
        roles = sorted(set(some["role"]))
        if person not in have:
            problems.append(Problem(where, "is not in the data"))
        if len(roles) > 1:
            problems.append(Problem(where, f"is {' and '.join(roles)} at once, and a person can have one role"))
        problems += [
            Problem(where, f"role {role!r}, expected {', '.join(ROLES)}") for role in roles if role not in ROLES
        ]
        marks = sorted(set(some["attacker_knows"]))
        problems += [
            Problem(where, f"attacker_knows {mark!r}, expected 0 or 1") for mark in marks if mark not in ("0", "1")
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
    """Make a split of two plain lists of participants, a name a line, and draw whom the attacker knows.

    People who are passed over need no scans in the data: these were left out.

    Raises
    ------
    ProblemsError
        With everybody who stands in both lists, or is not in the data.
    DataError
        Where people are too few.
    """
    have = {*scans.participant_id.tolist(), *passed_over}
    listed = {role: _as_in(have, _names(path)) for role, path in (("member", members), ("nonmember", nonmembers))}
    problems = [
        Problem(f"{path.name}: {name}", "is not in the data")
        for path, names in ((members, listed["member"]), (nonmembers, listed["nonmember"]))
        for name in names
        if name not in have
    ]
    both = sorted(set(listed["member"]) & set(listed["nonmember"]))
    problems += [Problem(f"{members.name} and {nonmembers.name}: {name}", "stands in both lists") for name in both]
    if problems:
        raise ProblemsError(problems, where=members)
    role = np.full(len(scans), UNUSED, dtype="<U10")
    for its_role, names in listed.items():
        role[np.isin(scans.participant_id, names)] = its_role
    split = Split(role, np.zeros(len(scans), dtype=bool))
    insist_on_people(split, scans, members, known_too=False)
    split = Split(role, draw_known(split, scans, rng, known))
    insist_on_people(split, scans, members)
    return split


def _names(path: Path) -> list[str]:
    """Return the participants of a plain list; a heading, blank lines and Windows line ends are passed over."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise DataError("no such file", where=path) from None
    except UnicodeDecodeError as error:
        raise DataError(f"is not text ({error})", where=path) from None
    names = [line.split("\t")[0].strip() for line in lines]
    if names and names[0].lower() in ("participant_id", "participant", "subject", "id"):
        names = names[1:]
    return [name for name in dict.fromkeys(names) if name]


def people_in(path: Path, have: Collection[str]) -> set[str]:
    """Return whom a split or a plain list names, as the data spells these people."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        is_split = {"participant_id", "role"} <= {cell.strip() for cell in file.readline().split("\t")}
    names = read_rows(path)["participant_id"].tolist() if is_split else _names(path)
    return set(_as_in(have, names))


def _as_in(have: Collection[str], names: Sequence[str]) -> list[str]:
    """Return names as the data spells them, with or without the ``sub-`` of BIDS."""
    found = []
    for name in names:
        spellings = (name, f"sub-{name}", name.removeprefix("sub-"))
        found.append(next((spelling for spelling in spellings if spelling in have), name))
    return found


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
