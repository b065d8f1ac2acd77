"""What stands behind names and may tell scans of one person apart, as their facts show: P01_1 and P01_2, 001a and 001b.

Sites and numbers of people are written so as well (012-03); there the labels of one site differ as anybody's do, and
so do the sexes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import prod

import numpy as np

from remembrain.cohort.ages import is_age
from remembrain.errors import Problem

MOST_SCANS = 12
FEWEST_PEOPLE = 5
MOST_CUT = 3
ALIKE = 0.35
"""Labels of one person range over less than this share of everybody's standard deviation; those of two over 1.1."""
YEARS = 20.0
"""Scans of one person lie no further apart."""
BY_CHANCE = 1e-4
"""People of different names who all have the sex of those with the same beginning are one person, if it is rarer."""
MIXED = 0.1

_ENDINGS = (
    re.compile(r"(?P<base>.*[A-Za-z0-9])[_\-. ]+\(?[A-Za-z0-9]{1,24}\)?"),
    re.compile(r"(?P<base>.*[0-9])[A-Za-z]"),
)


def one_person_in_several_names(
    people: Sequence[str], values: Sequence[float | None], sexes: Sequence[str], label: str, where: str
) -> list[Problem]:
    """Return that several names seem to be of one person, by the label and the sex of those that begin alike.

    Parameters
    ----------
    people, values, sexes
        Whose each row is, the label, and the sex, "n/a" where it is not known.
    label, where
        Its name and that of the file, for the problem.
    """
    known = {person: value for person, value in zip(people, values, strict=True) if person and value is not None}
    sex = {person: one for person, one in zip(people, sexes, strict=True) if one != "n/a"}
    spread = float(np.std(list(known.values()))) if known else 0.0
    bases = {person: person for person in known}
    for _ in range(MOST_CUT):
        bases = {person: short for person, base in bases.items() if (short := _without_ending(base))}
        several = _several(bases, known)
        ranges = [float(np.ptp([known[name] for name in names])) for names in several.values()]
        if len(several) < FEWEST_PEOPLE or spread == 0:
            continue
        mixed, chance = _sexes(several.values(), sex)
        as_one = mixed == 0 and chance < BY_CHANCE and is_age(label) and max(ranges) <= YEARS
        if as_one or (mixed <= MIXED * len(several) and float(np.mean(ranges)) < ALIKE * spread):
            names, example = sum(map(len, several.values())), " and ".join(sorted(several[min(several)])[:3])
            what = (
                f"{names} names seem to be of {len(several)} people ({example}): the "
                f"{'sex' if as_one else label} of those that differ by what stands behind is the same, or nearly so. "
                "Bring the person and the session in two columns, named by --person-column and --session-column; if "
                "they are several people, give each a number of its own"
            )
            return [Problem(where, what, summary="several names seem to be of one person with a session behind")]
    return []


def _without_ending(name: str) -> str:
    """Return a name without what stands behind its last sign, or without the letter behind its number."""
    match = next((match for ending in _ENDINGS if (match := ending.fullmatch(name))), None)
    return match["base"] if match is not None else ""


def _sexes(groups: Collection[Collection[str]], sex: Mapping[str, str]) -> tuple[int, float]:
    """Return how many groups have several sexes, and how probable it is that so many people would have one."""
    count = Counter(sex.values())
    shares = [number / len(sex) for number in count.values()]
    told = [[sex[name] for name in names if name in sex] for names in groups]
    alike = [len(theirs) for theirs in told if len(set(theirs)) == 1 and len(theirs) > 1]
    return sum(len(set(theirs)) > 1 for theirs in told), prod(sum(share**size for share in shares) for size in alike)


def _several(bases: Mapping[str, str], known: Collection[str]) -> dict[str, list[str]]:
    """Return the names of each base that has several, none where a base has more than one person has scans.

    A base that is a name itself is one of them: s1 and s1 (2).
    """
    names: dict[str, list[str]] = defaultdict(list)
    for person, base in bases.items():
        names[base].append(person)
    for base in names.keys() & known:
        names[base].append(base)
    if max(map(len, names.values()), default=0) > MOST_SCANS:
        return {}
    return {base: some for base, some in names.items() if len(some) > 1}
