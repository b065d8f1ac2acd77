"""Federated environments: how a cohort's people are divided over learners, by size and by age.

Source of sizes and ages: Gupta et al. 2021, MIDL (arXiv 2105.02866), appendix; shares of the skewed environment were
read off its figure and are a geometric series of ratio 1.35. Here published ages are profiles, carried over to the
cohort at hand by rank: where the cohort is older, every learner is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from remembrain._text import few, shown
from remembrain.cohort.splits import FEWEST_PEOPLE
from remembrain.errors import DataError, UsageError
from remembrain.run.streams import stream
from remembrain.types import Scans, Texts

LEARNERS = 8
_EVERYBODY = ((62.6, 7.4),) * LEARNERS
_RATIO = 1.35


@dataclass(frozen=True)
class Environment:
    """Sizes and age profiles of learners.

    Attributes
    ----------
    title
        As the literature calls it.
    ratio
        How many times larger a learner is than the next.
    ages
        Mean and standard deviation of ages (years) by learner, repeated where there are more learners.
    """

    title: str
    ratio: float
    ages: tuple[tuple[float, float], ...]


ENVIRONMENTS: Mapping[str, Environment] = {
    "uniform-iid": Environment("Uniform & IID", 1.0, _EVERYBODY),
    "uniform-noniid": Environment(
        "Uniform & non-IID",
        1.0,
        ((68.8, 5.2), (65.8, 5.3), (60.5, 5.6), (55.4, 5.2), (68.8, 5.0), (66.0, 5.4), (60.5, 5.9), (55.4, 5.2)),
    ),
    "skewed-noniid": Environment(
        "Skewed & non-IID",
        _RATIO,
        ((66.5, 4.9), (64.5, 5.3), (58.4, 5.4), (53.5, 3.7), (70.8, 4.1), (65.9, 6.7), (56.5, 6.1), (51.6, 3.4)),
    ),
}


def assign(scans: Scans, environment: Environment, learners: int, rng: np.random.Generator) -> Int[np.ndarray, "scan"]:
    """Return the learner of each scan, from 1, by person.

    Every learner's people are drawn as ages from its profile; all drawn ages are put in order, so are the people, and
    the person of a rank goes to the learner whose drawn age has it. So sizes are exact, and ages follow the profiles
    as far as the cohort's own ages let them.

    Parameters
    ----------
    scans
        Those who are trained on.
    environment, learners
        How they are divided, and over how many.
    rng
        Source of the draw.

    Raises
    ------
    UsageError
        Where there are fewer than two learners.
    DataError
        Where a learner would have fewer than 20 people.
    """
    if learners < 2:
        raise UsageError(f"{learners} learners", expected="at least 2")
    people, first = np.unique(scans.participant_id, return_index=True)
    sizes = _sizes(len(people), environment.ratio, learners)
    _insist({f"learner-{place + 1}": size for place, size in enumerate(sizes)}, len(people))
    of_draw = np.repeat(np.arange(learners), sizes)
    profile = np.array([environment.ages[place % len(environment.ages)] for place in of_draw])
    drawn = rng.normal(profile[:, 0], profile[:, 1])
    shuffled = rng.permutation(len(people))  # people of the same age are not in the order of their names
    rank_of_person = shuffled[np.argsort(scans.age[first][shuffled], kind="stable")]
    learner = np.empty(len(people), dtype=int)
    learner[rank_of_person] = of_draw[np.argsort(drawn, kind="stable")] + 1
    return np.asarray(learner[np.searchsorted(people, scans.participant_id)])


def by_column(values: Texts, scans: Scans) -> tuple[Int[np.ndarray, "scan"], tuple[str, ...]]:
    """Return the learner of each scan, from 1, and the learners' names, from what stands in a column.

    Raises
    ------
    DataError
        Where a scan has no value, a person has several, there is one value alone, or one of fewer than 20 people.
    """
    names, learner = np.unique(values.astype(str), return_inverse=True)
    if len(names) < 2:
        raise DataError(f"everybody has the value {shown(names[0])!r}", expected="at least 2 sites")
    for name in ("n/a", ""):
        if name in names:
            place = int(np.flatnonzero(values == name)[0])
            raise DataError("has no site", where=str(scans.participant_id[place]), expected="a site for everybody")
    people, first, person = np.unique(scans.participant_id, return_index=True, return_inverse=True)
    if np.any(moved := learner != learner[first][person]):
        raise DataError("is at several sites", where=str(scans.participant_id[np.flatnonzero(moved)[0]]))
    counts = np.bincount(learner[first], minlength=len(names))
    _insist(dict(zip(names.tolist(), counts.tolist(), strict=True)), len(people))
    return np.asarray(learner + 1), tuple(map(str, names))


def divide(scans: Scans, environment: str, learners: int, seed: int) -> tuple[Int[np.ndarray, "scan"], dict[int, str]]:
    """Return the learner of each scan, from 1, and what the learners are called: by an environment, or by the sites.

    Raises
    ------
    UsageError, DataError
        As of :func:`assign` and :func:`by_column`.
    """
    if environment not in ENVIRONMENTS:
        learner, names = by_column(scans.site, scans)
        return learner, dict(enumerate(names, start=1))
    learner = assign(scans, ENVIRONMENTS[environment], learners, stream(seed, "learners"))
    return learner, {number: f"learner-{number}" for number in range(1, learners + 1)}


def _sizes(people: int, ratio: float, learners: int) -> Int[np.ndarray, "learner"]:
    """Return whole numbers of people in these proportions that sum to all of them."""
    shares: Float[np.ndarray, "learner"] = ratio ** -np.arange(learners, dtype=float)
    ends = np.round(np.cumsum(shares) / shares.sum() * people).astype(int)
    return np.diff(ends, prepend=0)


def _insist(sizes: Mapping[str, int], people: int) -> None:
    """Raise where a learner has too few people."""
    small = {name: size for name, size in sizes.items() if size < FEWEST_PEOPLE}
    if small:
        listed = few(f"{shown(name, 30)} {size}" for name, size in small.items())
        raise DataError(
            f"too few of {people} people: {listed}",
            where="learners",
            expected=f"at least {FEWEST_PEOPLE} each",
            try_next="fewer --learners, or more people",
        )
