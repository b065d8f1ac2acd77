"""People in a row where neighbours are alike in age, sex and site, and roles spread evenly over it.

Knows no file and no split; the streams of random numbers come from who asks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from remembrain.cohort.meant import UNUSED
from remembrain.errors import DataError
from remembrain.types import ROLES, Scans, Texts


def numbers_of_roles(asked: Sequence[float], n: int) -> list[int]:
    """Return how many of n people each role gets."""
    left = n - sum(one for one in asked if isinstance(one, int))
    shares = sum(one for one in asked if not isinstance(one, int))
    if left < 0 or shares > 1 + 1e-9:
        least = n - left if left < 0 else int(np.ceil(shares * n - 1e-9))
        raise DataError(f"{n} people", expected=f"at least {least}, the sum of the roles asked for")
    cut = min(1.0, left / (shares * n)) if shares else 1.0
    return [one if isinstance(one, int) else int(one * cut * n + 1e-9) for one in asked]


def people_in_a_row(scans: Scans) -> tuple[Texts, Int[np.ndarray, "person"]]:
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
