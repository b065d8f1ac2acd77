"""Members and non-members paired by sex, site and age, so that the kind of people they are does not tell them apart.

Exact on sex and site, nearest in age within a caliper, one to one without replacement (Rosenbaum & Rubin 1985, Am.
Stat. 39:33). Whoever has no partner is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.optimize import linear_sum_assignment

from remembrain.cohort.meant import UNUSED
from remembrain.cohort.splits import FEWEST_PEOPLE, Split
from remembrain.errors import DataError
from remembrain.types import Scans

CALIPER = 0.1
"""Largest difference in age within a pair, in standard deviations of all who could be paired."""

ON = ("age", "sex", "site")
"""In what the people of a pair are alike."""


@dataclass(frozen=True)
class Matched:
    """Numbers of people, and the caliper in years (or the label's unit)."""

    pairs: int
    left_out_members: int
    left_out_nonmembers: int
    caliper: float


@dataclass(frozen=True, eq=False)
class _People:
    """The people of one role, each once."""

    place: Int[np.ndarray, "person"]
    age: Float[np.ndarray, "person"]
    kind: Int[np.ndarray, "person"]


def match(scans: Scans, split: Split) -> tuple[Split, Matched]:
    """Return the split of paired people alone, and who was left out; other roles stay as they are.

    Those whom the attacker knows are paired among themselves, and so are the others: what is learned from and what is
    tested on are both balanced.

    Parameters
    ----------
    scans
        Who they are of; a person has the mean age of their scans and the first sex and site.
    split
        Who was trained on, and whom the attacker knows.

    Raises
    ------
    DataError
        Where fewer than 20 pairs of known or of unknown people are left.
    """
    first, person, age, kind = _by_person(scans)
    role, known = split.role[first], split.attacker_knows[first]
    able = np.isin(role, ("member", "nonmember"))
    caliper = CALIPER * float(age[able].std())
    kept = ~able
    for mine in (known, ~known):
        ours, theirs = (np.flatnonzero(mine & (role == name)) for name in ("member", "nonmember"))
        pairs = _pairs(_of(ours, age, kind), _of(theirs, age, kind), caliper)
        if len(pairs) < FEWEST_PEOPLE:
            which = "whom the attacker knows" if mine is known else "whom the attacker has to decide about"
            raise DataError(
                f"only {len(pairs)} pairs of a member and a non-member of the same sex and site within {caliper:.2g} "
                f"in age, of those {which}",
                where=Path("matching"),
                expected=f"at least {FEWEST_PEOPLE}",
                try_next="more non-members of the members' age, sex and site",
            )
        kept[pairs.ravel()] = True
    stays = kept[person]
    paired = int((kept & able).sum()) // 2
    members, others = (int((role == name).sum()) - paired for name in ("member", "nonmember"))
    return (
        Split(np.where(stays, split.role, UNUSED), split.attacker_knows & stays),
        Matched(paired, members, others, caliper),
    )


def paired(scans: Scans, ours: Bool[np.ndarray, "scan"], theirs: Bool[np.ndarray, "scan"]) -> Bool[np.ndarray, "scan"]:
    """Return the scans of people of two groups who could be paired, one to one, as :func:`match` does.

    Parameters
    ----------
    scans
        Who they are of.
    ours, theirs
        The scans of the two groups, who have nobody in common.
    """
    first, person, age, kind = _by_person(scans)
    groups = [np.unique(person[mask]) for mask in (ours, theirs)]
    caliper = CALIPER * float(age[np.concatenate(groups)].std())
    pairs = _pairs(_of(groups[0], age, kind), _of(groups[1], age, kind), caliper)
    kept = np.zeros(len(first), dtype=bool)
    kept[pairs.ravel()] = True
    return np.asarray(kept[person] & (ours | theirs))


def _by_person(
    scans: Scans,
) -> tuple[Int[np.ndarray, "person"], Int[np.ndarray, "scan"], Float[np.ndarray, "person"], Int[np.ndarray, "person"]]:
    """Return each person's first scan, each scan's person, and each person's mean age and kind (sex and site)."""
    _, first, person, times = np.unique(
        scans.participant_id, return_index=True, return_inverse=True, return_counts=True
    )
    age = np.bincount(person, weights=scans.age) / times
    kinds = np.char.add(np.char.add(scans.sex[first].astype(str), "\t"), scans.site[first].astype(str))
    return first, person, age, np.unique(kinds, return_inverse=True)[1]


def _of(places: Int[np.ndarray, "some"], age: Float[np.ndarray, "person"], kind: Int[np.ndarray, "person"]) -> _People:
    """Return these people."""
    return _People(places, age[places], kind[places])


def _pairs(members: _People, others: _People, caliper: float) -> Int[np.ndarray, "pair 2"]:
    """Return as many pairs as there can be within the caliper, with the least difference in age over all."""
    found = [np.empty((0, 2), dtype=int)]
    for kind in np.intersect1d(members.kind, others.kind):
        ours, theirs = np.flatnonzero(members.kind == kind), np.flatnonzero(others.kind == kind)
        apart = np.abs(members.age[ours][:, None] - others.age[theirs])
        cost = np.where(apart <= caliper, apart, 1e6 * max(caliper, 1e-9))
        rows, columns = linear_sum_assignment(cost)
        near = apart[rows, columns] <= caliper
        found.append(np.column_stack([members.place[ours[rows[near]]], others.place[theirs[columns[near]]]]))
    return np.concatenate(found)
