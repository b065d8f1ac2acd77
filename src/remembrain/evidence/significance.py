"""P-values against an attack that knows nothing, and their correction for several repeats and several attacks.

The unit is the person: each enters a test once, with the mean of their scans. This module must not know what follows
from a small p-value; that stands in :mod:`~remembrain.evidence.findings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.people import People


def p_value(people: People, alternative: Literal["greater", "two-sided"]) -> float:
    """Return the p-value against no membership signal.

    In each repeat, members' and non-members' mean scores are compared by the Mann-Whitney test (normal approximation
    with ties and continuity); the repeats, which share people, are put together by :func:`combine`.

    Parameters
    ----------
    people
        The repeats of one attack.
    alternative
        ``greater`` asks whether members score higher; ``two-sided`` whether they score otherwise in either direction.
    """
    by_repeat = []
    for repeat in people.repeats:
        member, score = repeat.per_person()
        if np.ptp(score) == 0:
            by_repeat.append(1.0)
            continue
        test = stats.mannwhitneyu(score[member], score[~member], alternative=alternative, method="asymptotic")
        by_repeat.append(float(test.pvalue))
    return combine(by_repeat)


def combine(p_values: Sequence[float]) -> float:
    """Return one p-value for several of the same hypothesis, however they depend on each other.

    Of R sorted p-values the k-th times R / k is a p-value (Rueger 1978, Metrika 25:171): the k-th is at most
    a k / R only where at least k of them are, and on average no more than a k are. With k just above R / 2 this is a
    little less than the better known twice the median (for R = 5, 5/3 of the median; for R = 1, the p-value itself).
    """
    _check(p_values)
    middle = len(p_values) // 2 + 1
    return min(1.0, sorted(p_values)[middle - 1] * len(p_values) / middle)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted for there being several (Holm 1979, Scand. J. Stat. 6:65), in the order given.

    Calling everything below alpha a finding errs in any of them with probability at most alpha, whatever their
    dependence.
    """
    if not p_values:
        return {}
    _check(list(p_values.values()))
    ordered = sorted(p_values, key=lambda name: p_values[name])
    steps = [(len(ordered) - rank) * p_values[name] for rank, name in enumerate(ordered)]
    adjusted = dict(zip(ordered, np.minimum(1.0, np.maximum.accumulate(steps)), strict=True))
    return {name: float(adjusted[name]) for name in p_values}


def _check(p_values: Sequence[float]) -> None:
    """Raise where a p-value is none."""
    if not p_values or not all(0 <= p <= 1 for p in p_values):
        raise DataError(f"p-values {list(p_values)}", expected="numbers from 0 to 1")
