"""What would be used of a cohort, and everything that is wrong with it, as lines for a person to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from remembrain.cohort import bids, volumes
from remembrain.config import DataOptions, SplitOptions
from remembrain.errors import DataError, Problem
from remembrain.study.material import Cohort, read_cohort
from remembrain.study.outlook import could_see
from remembrain.types import Scans


def check_data(source: Path, options: DataOptions, split: SplitOptions | None = None) -> tuple[list[str], bool]:
    """Return what there is, what an audit of it could see, every problem with its file, and whether it can be used."""
    try:
        cohort = read_cohort(source, options)
    except DataError as error:
        return [f"{source}", "problems: 1", f"  {error}"], False
    problems = list(cohort.problems)
    if isinstance(cohort, bids.BidsCohort) and cohort.paths:
        problems += volumes.check_volumes(cohort, options.workers)
    lines = [str(source), *_people(cohort.scans, options.label), *_kind(cohort)]
    could, possible = could_see(cohort, split or SplitOptions())
    lines += could
    fatal = [problem for problem in problems if problem.fatal]
    notes = [problem for problem in problems if not problem.fatal]
    return [*lines, *_listed("problems", fatal), *_listed("notes", notes)], possible and not fatal


def _people(scans: Scans, label: str) -> list[str]:
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


def _kind(cohort: Cohort) -> list[str]:
    """Return what the scans are."""
    if isinstance(cohort, bids.BidsCohort):
        return []
    numeric = cohort.features.select_dtypes("number").shape[1]
    return [f"features: {numeric} numeric, {cohort.features.shape[1] - numeric} categorical"]


def _listed(word: str, problems: list[Problem]) -> list[str]:
    """Return a heading with the number of problems, and each on a line."""
    return [f"{word}: {len(problems)}", *(f"  {problem}" for problem in problems)] if problems else [f"{word}: none"]
