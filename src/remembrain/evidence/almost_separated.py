r"""The interval of an AUC near 1, or near 0, where the influence of people says too little.

Of almost separated groups few people have any influence, and what they show of the spread is itself uncertain: an
interval from their influence covers an AUC of 0.999 in five of six audits instead of 19 of 20. There the interval is
the hull of that one and of Newcombe 2006, Statist. Med. 25:559, method 5: all t with

.. math:: |a - t| \le z \sqrt{V(t)}, \qquad
   V(t) = \frac{t (1 - t)}{m n} \left[1 + (N - 1) \left(\frac{1 - t}{2 - t} + \frac{t}{1 + t}\right)\right]

a being what was seen, N = (m + n) / 2, and V the variance of Hanley & McNeil 1982, Radiology 143:29, at the t that is
asked about, with the two groups' part made symmetric.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

from scipy import optimize, stats

from remembrain.types import Interval

FEW = 3
"""Groups are almost separated where the smaller one has fewer people than this who are on the wrong side in effect."""

_NEXT_TO_ONE = 1e-12


def almost_separated(auc: float, n_members: float, n_nonmembers: float) -> bool:
    """Tell whether an AUC is so near to 1, or to 0, that people's influence says too little."""
    return min(n_members, n_nonmembers) * min(auc, 1 - auc) < FEW


def also_near_one(auc: Interval, worth: tuple[float, float] = (1.0, 1.0)) -> Interval:
    """Return the interval of an AUC, widened where groups are almost separated.

    Of a mean over pairs of an attacker and a victim ``worth`` says how many people a member, and a non-member, of one
    pair stand for (:func:`~remembrain.evidence.influence.worth_of_repeats`): every victim has people of its own.
    """
    counts = auc.n_members * worth[0], auc.n_nonmembers * worth[1]
    if not almost_separated(auc.value, *counts):
        return auc
    low, high = newcombe(auc.value, *counts, auc.confidence)
    return replace(auc, low=min(auc.low, low), high=max(auc.high, high))


def newcombe(auc: float, n_members: float, n_nonmembers: float, confidence: float) -> tuple[float, float]:
    """Return the interval of an AUC by the method above.

    Parameters
    ----------
    auc
        From 0 to 1, as it was seen.
    n_members, n_nonmembers
        People.
    confidence
        Such as 0.95.
    """
    z = float(stats.norm.ppf((1 + confidence) / 2))
    mean = (n_members + n_nonmembers) / 2

    def beyond(other: float) -> float:
        parts = (1 - other) / (2 - other) + other / (1 + other)
        variance = other * (1 - other) * (1 + (mean - 1) * parts) / (n_members * n_nonmembers)
        return abs(auc - other) - z * sqrt(variance)

    def end(outer: float) -> float:
        inside = min(max(auc, _NEXT_TO_ONE), 1 - _NEXT_TO_ONE)
        return float(optimize.brentq(beyond, *sorted((outer, inside)), xtol=1e-14))

    low = 0.0 if auc <= _NEXT_TO_ONE else end(_NEXT_TO_ONE)
    high = 1.0 if auc >= 1 - _NEXT_TO_ONE else end(1 - _NEXT_TO_ONE)
    return low, high
