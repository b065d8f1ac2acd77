r"""What an audit of so many people could see, known before any work: whether anything, and how little of it.

An attack is found where the test of all attacks together (:mod:`~remembrain.evidence.beyond_blind`) finds it. With an
AUC a its scores are :math:`d = \sqrt2 \, \Phi^{-1}(a)` standard deviations apart, and of m members and n others
Student's t of membership is noncentral, by

.. math:: d \sqrt{\frac{m n}{m + n} \left(1 - \frac{p}{m + n}\right)}

with p columns taken out. It has to exceed the largest of k statistics of attacks that agree as attacks on one target do
(correlation 0.8) in 95 of 100 audits without a leak. Normal scores of equal spread; a person counts once, however many
scans there are of them. This module must not know how people are divided, or by which options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, sqrt

import numpy as np
from scipy import optimize, special, stats

from remembrain.evidence.assess import FEWEST_TESTED

FEWEST_KNOWN = 20
"""Members, and non-members, whom an attacker must know to learn from."""

POWER = 0.8
"""How often an attack that is there shall be found: four times in five."""

AGREEMENT = 0.8
"""Correlation of the scores of two attacks on one target, as it is of those on phantoms."""

_BEST = 0.999
_NOT_AHEAD = 0.999
"""A p-value of all attacks together from which on an attack is ahead of nothing."""

_MOST = 10_000_000
_TAKEN_OUT = 20
"""Columns of facts, and their squares, that a test takes out; at most one for every five people."""


@dataclass(frozen=True)
class Counts:
    """How many people are members and non-members, and how many of each the attacker knows."""

    members: int
    nonmembers: int
    known_members: int
    known_nonmembers: int

    @property
    def tested(self) -> tuple[int, int]:
        """Members and non-members about whom an attack decides."""
        return self.members - self.known_members, self.nonmembers - self.known_nonmembers

    @property
    def null_tested(self) -> int:
        """People of either half of the non-members about whom the null control decides."""
        return null_tested(self.nonmembers)


@dataclass(frozen=True)
class Outlook:
    """What an audit could see.

    Attributes
    ----------
    counts, attacks
        Of how many people, by how many attacks.
    why_not
        Why nothing could be assessed; empty where something can.
    finest_rate
        The smallest false-positive rate that the non-members can stand for.
    auc
        The AUC from which on an attack is found four times in five; ``None`` where not even a perfect one is.
    factor_for_auc
        How many times as many people would find an AUC of ``sought``.
    factor_for_rate
        The same to resolve a false-positive rate, by rate.
    """

    counts: Counts
    attacks: int
    why_not: str
    finest_rate: float
    auc: float | None
    sought: float
    factor_for_auc: float
    factor_for_rate: dict[float, float]


def outlook(counts: Counts, attacks: int, *, learns: bool = True, alpha: float = 0.05, sought: float = 0.6) -> Outlook:
    """Return what an audit of these people could see.

    Parameters
    ----------
    counts
        People, not scans.
    attacks
        How many are run, the blind baseline aside.
    learns
        Whether every attack learns from people whom the attacker knows.
    alpha
        Family-wise error.
    sought
        An AUC that is worth finding.
    """
    why_not = cannot(counts, learns=learns)
    each = level_of_each(attacks, alpha)
    others = max(1, counts.tested[1])
    return Outlook(
        counts=counts,
        attacks=attacks,
        why_not=why_not,
        finest_rate=1 / others,
        auc=None if why_not else detectable_auc(counts.tested, each),
        sought=sought,
        factor_for_auc=_factor(sought, counts.tested, each),
        factor_for_rate={rate: max(1.0, 1 / (rate * others)) for rate in (0.01, 0.001)},
    )


def cannot(counts: Counts, *, learns: bool = True) -> str:
    """Return why no attack on these people could be assessed; nothing where one could."""
    members, others = counts.tested
    if min(members, others) < FEWEST_TESTED:
        return (
            f"{members} members and {others} non-members are left to decide about, and {FEWEST_TESTED} of each are "
            "needed"
        )
    if counts.null_tested < FEWEST_TESTED:
        return (
            f"the null control would decide about {counts.null_tested} people on either side, and needs "
            f"{FEWEST_TESTED}: of {fewest_nonmembers()} non-members, and there are {counts.nonmembers}"
        )
    known = counts.known_members, counts.known_nonmembers
    if learns and min(known) < FEWEST_KNOWN:
        return (
            f"the attacker knows {known[0]} members and {known[1]} non-members, and needs {FEWEST_KNOWN} of each to "
            "learn from"
        )
    return ""


def null_tested(nonmembers: int) -> int:
    """Return how many people of the smaller half of the non-members the null control decides about."""
    half = nonmembers // 2
    return half - half // 2


def fewest_members() -> int:
    """Return how many members an audit needs: to learn from, and to decide about."""
    return FEWEST_KNOWN + FEWEST_TESTED


def fewest_nonmembers() -> int:
    """Return how many non-members an audit needs: to learn from, to decide about, and for the null control."""
    return max(fewest_members(), next(count for count in range(_MOST) if null_tested(count) >= FEWEST_TESTED))


def proposed(people: int) -> tuple[int, int] | None:
    """Return how many members and non-members so many people can be divided into; ``None`` where they are too few.

    What is left over goes to the members until both are equal, then to both alike.
    """
    spare = people - fewest_members() - fewest_nonmembers()
    if spare < 0:
        return None
    balanced = people // 2
    nonmembers = max(fewest_nonmembers(), people - balanced)
    return people - nonmembers, nonmembers


@lru_cache(maxsize=64)
def level_of_each(attacks: int, alpha: float = 0.05) -> float:
    """Return the level at which one of several attacks is tested, where the largest statistic of all counts."""
    common = stats.norm.ppf((np.arange(2000) + 0.5) / 2000) * sqrt(AGREEMENT)

    def above(bound: float) -> float:
        alone = stats.norm.cdf((bound - common) / sqrt(1 - AGREEMENT))
        return float(1 - np.mean(alone ** max(1, attacks)) - alpha)

    return float(stats.norm.sf(optimize.brentq(above, -10.0, 10.0)))


def power(auc: float, tested: tuple[float, float], alpha: float) -> float:
    """Return how often an attack of this AUC is found.

    Parameters
    ----------
    auc
        The true one, above 0.5.
    tested
        Members and non-members, people, about whom it decides.
    alpha
        One-sided error of the test of this attack, as :func:`level_of_each` has it.
    """
    members, others = tested
    people = members + others
    taken = min(_TAKEN_OUT, people // 5)
    free = max(1.0, people - taken - 1)
    apart = sqrt(2) * float(special.ndtri(auc)) * sqrt(members * others / people * (1 - taken / people))
    return float(stats.nct.sf(stats.t.isf(alpha, free), free, apart))


def detectable_auc(tested: tuple[float, float], alpha: float) -> float | None:
    """Return the AUC from which on an attack is found four times in five; ``None`` where not even a perfect one is."""
    if power(_BEST, tested, alpha) < POWER:  # also where people are so few that only numbers without any spread count
        return None
    grid = np.linspace(0.5, _BEST, 60)[1:].tolist()
    first = next(place for place, auc in enumerate(grid) if power(auc, tested, alpha) >= POWER)
    below = grid[first - 1] if first else 0.5 + 1e-6
    return float(optimize.brentq(lambda auc: power(auc, tested, alpha) - POWER, below, grid[first], xtol=1e-4))


def people_to_tell(p_value: float, tested: tuple[int, int], alpha: float, attacks: int) -> int | None:
    """Return how many members, and non-members, would tell an attack from facts and a baseline four times in five.

    Parameters
    ----------
    p_value
        Of the test of all attacks together, as it was adjusted for them. What the attack's statistic lies above 0 grows
        with the root of the number of people.
    tested
        Members and non-members, people, who gave it.
    alpha
        Below which it would be taken for shown.
    attacks
        How many are tested together.

    Returns
    -------
    int or None
        ``None`` where the attack was not ahead.
    """
    if p_value >= _NOT_AHEAD:
        return None
    ahead = float(stats.norm.isf(level_of_each(attacks, p_value)))
    if ahead <= 0.05:
        return None
    wanted = float(stats.norm.isf(level_of_each(attacks, alpha)) + stats.norm.ppf(POWER))
    return ceil(max(tested) * max(1.0, wanted / ahead) ** 2)


def in_figures(count: float) -> int:
    """Return a number of people, of which two figures are known at best, rounded up to these."""
    whole = ceil(count - 1e-9)
    step = int(10 ** max(0, floor(np.log10(max(whole, 1))) - 1))
    return ceil(whole / step) * step


def _factor(auc: float, tested: Sequence[int], alpha: float) -> float:
    """Return how many times as many people, at least 1, find this AUC four times in five."""
    members, others = (max(2, count) for count in tested)

    def lacking(logarithm: float) -> float:
        times = float(np.exp(logarithm))
        return POWER - power(auc, (members * times, others * times), alpha)

    if lacking(0.0) <= 0:
        return 1.0
    return float(np.exp(optimize.brentq(lacking, 0.0, np.log(_MOST), xtol=1e-3)))
