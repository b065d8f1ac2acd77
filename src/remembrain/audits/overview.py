"""What there is of a cohort, and everything that is wrong with it, as lines for a person to read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remembrain.cohort import bids
from remembrain.cohort.check import Cohort
from remembrain.errors import Problem, in_groups
from remembrain.types import Scans


def lines_of_people(scans: Scans, label: str) -> list[str]:
    """Return people, scans, ages, sexes and sites."""
    people, first = np.unique(scans.participant_id, return_index=True)
    lines = [f"people: {len(people)}", f"scans: {len(scans)}"]
    if len(scans) == 0:
        return lines
    age = scans.age
    lines.append(f"{label}: mean {age.mean():.1f}, SD {age.std():.1f}, {age.min():g} to {age.max():g}")
    for word, values in (("sex", scans.sex[first]), ("site", scans.site[first])):
        levels, counts = np.unique(values, return_counts=True)
        lines.append(f"{word}: " + ", ".join(f"{level} {n}" for level, n in zip(levels, counts, strict=True)))
    return lines


def lines_of_columns(cohort: Cohort) -> list[str]:
    """Return what the scans are."""
    if isinstance(cohort, bids.BidsCohort):
        return []
    numeric = cohort.features.select_dtypes("number").shape[1]
    return [f"features: {numeric} numeric, {cohort.features.shape[1] - numeric} categorical"]


def lines_of_problems(word: str, problems: Sequence[Problem]) -> list[str]:
    """Return a heading with the number of problems, and each on a line, once."""
    different = dict.fromkeys(map(str, problems))
    return [f"{word}: {len(different) or 'none'}", *(f"  {line}" for line in in_groups(problems))]
