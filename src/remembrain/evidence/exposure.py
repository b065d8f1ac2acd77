"""Who is exposed: what an attack achieves by age, sex, site, number of scans, and distance from the mean age.

Intervals hold for all cells together (Bonferroni), so that the worst of many groups may be read off. Levels of fewer
than 10 members or 10 non-members are not told, nor others of the factor as long as all that is withheld of it, taken
together, would not be told either: subtraction gives no more than that. This module must not know which attacks exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain._validate import finite, same_length, unique
from remembrain.errors import DataError
from remembrain.evidence.assess import Json, interval_json
from remembrain.evidence.influence import by_repeat, share_interval, standard_error
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import People, Repeat, join
from remembrain.evidence.rates import NotAssessed, tpr_interval
from remembrain.types import Interval, Scores, Texts

SMALLEST_CELL = 10
FPR = 0.1
DISTANCES = ("below 0.5 SD", "0.5 to 1 SD", "1 to 1.5 SD", "1.5 SD or more")


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of each person, in any order: name, age (mean over scans), sex, site, and number of scans."""

    participant_id: Texts
    age: Float[np.ndarray, "person"]
    sex: Texts
    site: Texts
    scans: Float[np.ndarray, "person"]


@dataclass(frozen=True)
class Cell:
    """One level of one factor; numbers of people are ``None`` where they are not told."""

    factor: str
    level: str
    n_members: int | None
    n_nonmembers: int | None
    auc: Interval | NotAssessed
    recognised: Interval | NotAssessed

    def to_json(self) -> Json:
        """Return it as it stands in ``evidence.json``."""
        hidden = f"<{SMALLEST_CELL}"
        return {
            "factor": self.factor,
            "level": self.level,
            "n_members": hidden if self.n_members is None else self.n_members,
            "n_nonmembers": hidden if self.n_nonmembers is None else self.n_nonmembers,
            "auc": interval_json(self.auc),
            "recognised": interval_json(self.recognised),
        }


@dataclass(frozen=True)
class Exposure:
    """Every cell, and how many of them the intervals hold for together."""

    attack: str
    confidence: float
    cells: tuple[Cell, ...]

    def to_json(self) -> Json:
        """Return it as it stands in ``evidence.json``."""
        told = sum(one.n_members is not None for one in self.cells)
        return {
            "attack": self.attack,
            "confidence": self.confidence,
            "cells": told,
            "fpr": FPR,
            "smallest_cell": SMALLEST_CELL,
            "groups": [one.to_json() for one in self.cells],
        }


def exposure(repeats: Sequence[Scores], facts: Facts, *, confidence: float = 0.95, label: str = "age") -> Exposure:
    """Return what one attack achieves in each group of people.

    Parameters
    ----------
    repeats
        What the attack said; higher means member.
    facts
        Of everybody who was tested (others are passed over).
    confidence
        That all intervals together contain the truth.
    label
        What ``age`` is called.

    Returns
    -------
    Exposure
        For each level of a factor, over the repeats that test at least 10 of its members and 10 of its non-members:
        the AUC of its members against its non-members, and the share of its members above the threshold that wrongly
        accuses a tenth of all non-members. With m cells, each of the 2 m intervals has confidence
        1 - (1 - confidence) / (2 m). Numbers of people are those of the smallest such repeat.

    Raises
    ------
    DataError
        Where facts have different lengths, hold a person twice or an age or a number of scans that is not finite, or
        lack somebody who was tested.
    """
    people = join(repeats)
    place = _places(facts, np.unique(np.concatenate([np.asarray(one.participant_id, dtype=str) for one in repeats])))
    found = {factor: some for factor, some in _levels(facts, place, label).items() if len(some) > 1}
    return _exposed(people, found, confidence)


def exposure_by(
    repeats: Sequence[Scores], participant_id: Texts, factors: Mapping[str, Texts], *, confidence: float = 0.95
) -> Exposure:
    """Return what one attack achieves in each level of factors of any name.

    Parameters
    ----------
    repeats
        What the attack said; higher means member.
    participant_id, factors
        Of everybody who was tested (others are passed over), and the level of each in every factor.
    confidence
        That all intervals together contain the truth.

    Returns
    -------
    Exposure
        As of :func:`exposure`.

    Raises
    ------
    DataError
        Where a person stands twice, or somebody who was tested is missing.
    """
    people = join(repeats)
    known = np.asarray(participant_id, dtype=str)
    names = np.unique(np.concatenate([np.asarray(one.participant_id, dtype=str) for one in repeats]))
    place = _found(known, names)
    found = {factor: _by_value(np.asarray(levels)[place]) for factor, levels in factors.items()}
    return _exposed(people, {factor: some for factor, some in found.items() if len(some) > 1}, confidence)


def _exposed(
    people: People, found: Mapping[str, Mapping[str, Bool[np.ndarray, "person"]]], confidence: float
) -> Exposure:
    """Return every cell, with intervals for all that are told together."""
    told = {factor: _told(people, some) for factor, some in found.items()}
    m = sum(sum(some.values()) for some in told.values())
    each = 1 - (1 - confidence) / (2 * max(1, m))
    cells = [
        _cell(people, factor, level, mask, each if told[factor][level] else None)
        for factor, some in found.items()
        for level, mask in some.items()
    ]
    return Exposure(people.attack, confidence, tuple(cells))


def _places(facts: Facts, names: Texts) -> Int[np.ndarray, "person"]:
    """Return where the facts of each of these people stand."""
    same_length(**vars(facts))
    finite(facts.age, "ages of people")
    finite(facts.scans, "scans a person")
    return _found(facts.participant_id.astype(str), names)


def _found(known: Texts, names: Texts) -> Int[np.ndarray, "person"]:
    """Return where each of these people stands among the known."""
    unique(known.tolist(), "facts of people")
    order = np.argsort(known)
    if len(missing := np.setdiff1d(names, known)):
        raise DataError(
            "was tested, but nothing is known of them", where=str(missing[0]), expected="facts of everybody"
        )
    return np.asarray(order[np.searchsorted(known, names, sorter=order)])


def _levels(
    facts: Facts, place: Int[np.ndarray, "person"], label: str
) -> Mapping[str, Mapping[str, Bool[np.ndarray, "person"]]]:
    """Return for each factor which people are of which level."""
    age, scans = facts.age[place], facts.scans[place]
    distance = np.abs(age - age.mean()) / (age.std() or 1.0)
    step = np.digitize(distance, (0.5, 1.0, 1.5))
    number = np.minimum(scans, 3).astype(int)
    return {
        f"{label} band": _bands(age),
        "sex": _by_value(facts.sex[place]),
        "site": _by_value(facts.site[place]),
        "scans a person": {("3 or more" if n == 3 else str(n)): number == n for n in np.unique(number)},
        f"distance from the mean {label}": {name: step == n for n, name in enumerate(DISTANCES) if np.any(step == n)},
    }


def _bands(age: Float[np.ndarray, "person"]) -> dict[str, Bool[np.ndarray, "person"]]:
    """Return about six bands of round width; the first and the last are open."""
    low, high = np.quantile(age, (0.1, 0.9))
    if high <= low:
        return {}
    step = float(f"{(high - low) / 4:.1g}")
    edges = np.arange(np.ceil(low / step) * step, high + step / 2, step)
    band = np.digitize(age, edges)
    names = [f"below {edges[0]:g}", *(f"{a:g} to {b:g}" for a, b in pairwise(edges))]
    names.append(f"{edges[-1]:g} or more")
    return {name: band == n for n, name in enumerate(names) if np.any(band == n)}


def _by_value(values: Texts) -> dict[str, Bool[np.ndarray, "person"]]:
    """Return one level a value; values of fewer than 10 people are taken together, they may be names."""
    levels, counts = np.unique(values.astype(str), return_counts=True)
    common = [str(level) for level, count in zip(levels, counts, strict=True) if count >= SMALLEST_CELL]
    found = {level: values == level for level in common}
    rest = ~np.isin(values.astype(str), common)
    name = "others" if "others" not in found else "all others"
    return {**found, name: rest} if rest.any() else found


def _told(people: People, levels: Mapping[str, Bool[np.ndarray, "person"]]) -> dict[str, bool]:
    """Return which levels are told: those of enough people, but for the smallest until all hidden together are enough.

    One hidden level alone, or several that are few even together, could be had by subtraction.
    """
    fewest = {level: int(_counts(people, mask).min(axis=1).max()) for level, mask in levels.items()}
    told = {level: count >= SMALLEST_CELL for level, count in fewest.items()}
    while any(told.values()) and not all(told.values()):
        hidden = np.any([mask for level, mask in levels.items() if not told[level]], axis=0)
        if _counts(people, hidden).min(axis=1).max() >= SMALLEST_CELL:
            break
        told[min((level for level in told if told[level]), key=lambda level: fewest[level])] = False
    return told


def _counts(people: People, mask: Bool[np.ndarray, "person"]) -> Int[np.ndarray, "repeat 2"]:
    """Return how many members and non-members of a level each repeat tests."""
    tested = [np.unique(repeat.person) for repeat in people.repeats]
    ours, others = mask & people.is_member, mask & ~people.is_member
    return np.array([(ours[some].sum(), others[some].sum()) for some in tested])


def _cell(people: People, factor: str, level: str, mask: Bool[np.ndarray, "person"], confidence: float | None) -> Cell:
    """Return the figures of one level, or why they are not told."""
    if confidence is None:
        why = NotAssessed(f"fewer than {SMALLEST_CELL} members or non-members, or withheld beside such a group")
        return Cell(factor, level, None, None, why, why)
    by_repeat_counts = _counts(people, mask)
    enough = np.flatnonzero(by_repeat_counts.min(axis=1) >= SMALLEST_CELL)
    counts = int(by_repeat_counts[enough, 0].min()), int(by_repeat_counts[enough, 1].min())
    used = [people.repeats[place] for place in enough]
    mine = People(people.attack, tuple(_of(repeat, mask[repeat.person]) for repeat in used), people.is_member)
    values, influence = by_repeat(mine, auc_parts)
    value = float(values.mean())
    low, high = share_interval(value, standard_error(influence, mine), min(counts), confidence)
    kept = tuple(_of(repeat, mask[repeat.person] | ~repeat.member) for repeat in used)
    recognised = tpr_interval(People(people.attack, kept, people.is_member), FPR, confidence)
    return Cell(factor, level, *counts, Interval(value, low, high, *counts, confidence), recognised)


def _of(repeat: Repeat, mask: Bool[np.ndarray, "scan"]) -> Repeat:
    """Return some scans of a repeat."""
    return Repeat(repeat.member[mask], repeat.score[mask], repeat.person[mask])
