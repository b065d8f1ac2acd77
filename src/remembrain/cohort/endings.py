"""Numbers behind names that may tell scans of one person apart, as their labels show: P01_1 and P01_2.

Sites and numbers of people are written so as well (012-03); there the labels of one site differ as anybody's do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np

from remembrain.errors import Problem

MOST_SCANS = 12
FEWEST_PEOPLE = 5
MOST_CUT = 3
ALIKE = 0.35
"""Labels of one person range over less than this share of everybody's standard deviation; those of two over 1.1."""

_ENDING = re.compile(r"(?P<base>.*[A-Za-z0-9])[_\-. ]+\(?I?[0-9]+\)?")


def one_person_in_several_names(
    people: Sequence[str], values: Sequence[float | None], label: str, where: str
) -> list[Problem]:
    """Return that several names seem to be of one person, where what is left without the number has one label.

    Parameters
    ----------
    people, values
        Whose each row is, and the label.
    label, where
        Its name and that of the file, for the problem.
    """
    known = {person: value for person, value in zip(people, values, strict=True) if person and value is not None}
    spread = float(np.std(list(known.values()))) if known else 0.0
    bases = {person: person for person in known}
    for _ in range(MOST_CUT):
        bases = {person: match["base"] for person, base in bases.items() if (match := _ENDING.fullmatch(base))}
        several = _several(bases, known)
        ranges = [np.ptp([known[name] for name in names]) for names in several.values()]
        if len(several) >= FEWEST_PEOPLE and spread > 0 and float(np.mean(ranges)) < ALIKE * spread:
            names, example = sum(map(len, several.values())), " and ".join(sorted(several[min(several)])[:3])
            what = (
                f"{names} names seem to be of {len(several)} people ({example}): the {label} of those that differ by "
                "the number behind is nearly the same. Bring the person and the session in two columns, named by "
                "--person-column and --session-column; if they are several people, write their numbers without a sign "
                "between"
            )
            return [Problem(where, what, summary="several names seem to be of one person with a number behind")]
    return []


def _several(bases: dict[str, str], known: Collection[str]) -> dict[str, list[str]]:
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
