"""Who was trained on, who was not, and whom the attacker knows: drawn by person, never by scan. Knows no file.

A split that is made here matches members and non-members on age, sex and site, because an attack on groups that differ
finds the difference and not the target's memory: people stand in a row where neighbours are alike, and roles are spread
evenly over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Int

from remembrain.cohort.meant import UNUSED
from remembrain.errors import DataError, Problem
from remembrain.types import ROLES, Role, Scans, Texts

FEWEST_PEOPLE = 20


@dataclass(frozen=True, eq=False)
class Split:
    """The role of each scan, and whether the attacker knows its membership; ``role`` is "unused" for the rest.

    ``notes`` say how the file of a split was understood, where that is not plain.
    """

    role: Texts
    attacker_knows: Bool[np.ndarray, "scan"]
    notes: tuple[Problem, ...] = ()

    @cached_property
    def places(self) -> Mapping[Role, Int[np.ndarray, "some"]]:
        """The places of the scans of each role."""
        return {role: np.flatnonzero(self.role == role) for role in ROLES}

    def index(self, *roles: Role) -> Int[np.ndarray, "some"]:
        """Return the places of the scans of several roles, in order."""
        return np.flatnonzero(np.isin(self.role, roles))

    def used(self) -> Int[np.ndarray, "some"]:
        """Return the places of the scans that have a role."""
        return np.flatnonzero(self.role != UNUSED)

    def take(self, index: Int[np.ndarray, "some"]) -> Split:
        """Return the split of these scans alone."""
        return Split(self.role[index], self.attacker_knows[index], self.notes)


def make_split(scans: Scans, rng: np.random.Generator, numbers: Mapping[Role, float], known: float = 0.5) -> Split:
    """Divide people into members, non-members, validation, population and canaries, alike in age, sex and site.

    Parameters
    ----------
    scans
        All scans of the cohort.
    rng
        Source of the draw.
    numbers
        People of each role: a number (``int``), or a share of all people (``float``); of roles left out, nobody.
        Numbers go first: where they leave too few for the shares, shares are cut to what is left, each in proportion.
    known
        Share of members and of non-members whom the attacker knows.

    Raises
    ------
    DataError
        Where there are too few people.
    """
    people, place = people_in_a_row(scans)
    wanted = numbers_of_roles([numbers.get(role, 0) for role in ROLES], len(people))
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
    counts = [len(np.unique(scans.participant_id[split.places[role]])) for role in ("member", "nonmember")]
    return draw_people(split, scans, rng, [round(share * min(counts))] * 2)


def draw_people(
    split: Split, scans: Scans, rng: np.random.Generator, numbers: Sequence[int]
) -> Bool[np.ndarray, "scan"]:
    """Draw so many known members and non-members, by person, spread over age, sex and site."""
    known = np.zeros(len(scans), dtype=bool)
    for role, number in zip(ROLES[:2], numbers, strict=True):
        theirs = split.places[role]
        people, place = people_in_a_row(scans, theirs)
        order = interleaved(place, rng)
        chosen = people[order[evenly(number, len(people), rng)]]
        known[theirs] = np.isin(scans.participant_id[theirs], chosen)
    return known


def draw_half(scans: Scans, rng: np.random.Generator) -> Bool[np.ndarray, "scan"]:
    """Draw half of all people, spread over age, sex and site."""
    people, place = people_in_a_row(scans)
    order = interleaved(place, rng)
    return np.isin(scans.participant_id, people[order[evenly(len(people) // 2, len(people), rng)]])


def insist_on_people(split: Split, scans: Scans, where: Path, *, known_too: bool = True) -> None:
    """Raise where members, non-members, or those of them known or not known are too few for any interval."""
    for role, word in (("member", "members"), ("nonmember", "non-members")):
        theirs = split.role == role
        people = len(np.unique(scans.participant_id[theirs]))
        if people < FEWEST_PEOPLE:
            raise DataError(
                f"{people} {word}", where=where, expected=f"at least {FEWEST_PEOPLE}: fewer people prove nothing"
            )
        known = len(np.unique(scans.participant_id[theirs & split.attacker_knows]))
        if known_too and not 0 < known < people:
            raise DataError(
                f"the attacker knows {known} of {people} {word}",
                where=where,
                expected="some known to learn from, and some unknown to test on",
            )


def numbers_of_roles(asked: Sequence[float], n: int) -> list[int]:
    """Return how many of n people each role gets."""
    left = n - sum(number for number in asked if isinstance(number, int))
    shares = sum(share for share in asked if not isinstance(share, int))
    if left < 0 or shares > 1 + 1e-9:
        least = n - left if left < 0 else int(np.ceil(shares * n - 1e-9))
        raise DataError(f"{n} people", expected=f"at least {least}, the sum of the roles asked for")
    cut = min(1.0, left / (shares * n)) if shares else 1.0
    return [number if isinstance(number, int) else int(number * cut * n + 1e-9) for number in asked]


def people_in_a_row(
    scans: Scans, places: Int[np.ndarray, "some"] | None = None
) -> tuple[Texts, Int[np.ndarray, "person"]]:
    """Return the people in order of name, and the place of each in a row where neighbours are alike.

    The row goes through the sites; within one through its sexes, within those through the ages: up in one, down in the
    next, so that there is no jump between them. Only those of scans at these places, where they are named.
    """
    places = np.arange(len(scans)) if places is None else places
    people, first = np.unique(scans.participant_id[places], return_index=True)
    first = places[first]
    age = scans.age[first]
    site = np.unique(scans.site[first].astype(str), return_inverse=True)[1]
    sex = np.unique(scans.sex[first].astype(str), return_inverse=True)[1]
    sex = np.where(site % 2 == 1, sex.max(initial=0) - sex, sex)
    kind = np.unique(site * (sex.max(initial=0) + 1) + sex, return_inverse=True)[1]
    row = np.lexsort((np.where(kind % 2 == 1, -age, age), kind))
    place = np.empty(len(people), dtype=int)
    place[row] = np.arange(len(people))
    return people, place


def interleaved(place: Int[np.ndarray, "person"], rng: np.random.Generator) -> Int[np.ndarray, "person"]:
    """Return people in the order of their places, where each pair of neighbours may have changed places."""
    order = np.argsort(place)
    for first in range(0, len(order), 2):
        order[first : first + 2] = rng.permutation(order[first : first + 2])
    return order


def spread_roles(wanted: Sequence[int], total: int) -> Texts:
    """Return ``total`` roles in which every run has its share of each: members and non-members alternate."""
    labels = np.concatenate(
        [np.full(count, role, dtype="<U10") for role, count in zip(ROLES, wanted, strict=True)]
        + [np.full(total - sum(wanted), UNUSED, dtype="<U10")]
    )
    position = np.concatenate([(np.arange(count) + 0.5) / max(count, 1) for count in (*wanted, total - sum(wanted))])
    return np.asarray(labels[np.argsort(position, kind="stable")])


def evenly(number: int, total: int, rng: np.random.Generator) -> Int[np.ndarray, "number"]:
    """Return ``number`` different places out of ``total``, at equal distances from a random start."""
    return np.asarray((np.arange(number) + rng.random()) * total / max(number, 1), dtype=int)
