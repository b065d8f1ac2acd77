"""What would be used of a cohort, and everything that is wrong with it, as lines for a person to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from remembrain.cohort import bids, left_out
from remembrain.cohort.check import Cohort, problems_of
from remembrain.cohort.grids import grid
from remembrain.cohort.volumes import look
from remembrain.config import DataOptions
from remembrain.errors import DataError, Problem
from remembrain.study.material import GRID, read_cohort
from remembrain.types import Scans


def check_data(source: Path, options: DataOptions) -> tuple[list[str], bool]:
    """Return what there is, then every problem with its file, and whether the data can be used.

    The same is judged as by an audit, of everybody, on the grid that it would take; nothing is kept.
    """
    try:
        cohort = read_cohort(source, options)
    except DataError as error:
        return [f"{source}", "problems: 1", f"  {error}"], False
    problems = list(problems_of(cohort))
    if isinstance(cohort, bids.BidsCohort) and cohort.paths:
        problems += look(cohort, grid(options.grid or GRID), workers=options.workers).problems
    fatal = [problem for problem in problems if problem.fatal]
    notes = [problem for problem in problems if not problem.fatal]
    personal = [problem for problem in fatal if problem.participant]
    leaves_out = options.leave_out == "problems"
    scans = cohort.scans.take(left_out.kept(cohort.scans, personal)) if leaves_out else cohort.scans
    lines = [str(source), *_people(scans, options.label), *_kind(cohort), *_listed("problems", fatal)]
    if personal:
        people = len({problem.participant for problem in personal})
        done = "left out, and not counted above" if leaves_out else f"{left_out.OPTION} goes on without"
        lines.append(f"  {done}: scans of {people} {'people' if people > 1 else 'person'}")
    usable = len(scans) > 0 and not [one for one in fatal if not (leaves_out and one.participant)]
    return [*lines, *_listed("notes", notes)], usable


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


def _listed(word: str, problems: Sequence[Problem]) -> list[str]:
    """Return a heading with the number of problems, and each on a line."""
    return [f"{word}: {len(problems)}", *(f"  {problem}" for problem in problems)] if problems else [f"{word}: none"]
