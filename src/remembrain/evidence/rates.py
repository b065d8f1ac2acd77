r"""The interval of the true-positive rate at a fixed false-positive rate, free of any assumed distribution.

The figure asked for is the true-positive rate at the threshold whose *true* false-positive rate is f. Two things are
unknown: that threshold (from the non-members) and the members' share above it. The error :math:`\alpha` is split in
four, a quarter for each bound of each of the two.

**Threshold.** Let x of n non-members score strictly above a threshold. Its false-positive rate is at most f, with error
:math:`\alpha/4`, where the upper Clopper-Pearson bound of x of n is at most f; let *strict* be the lowest such
threshold. This is the order-statistic interval of a quantile: the share above the k-th largest score of n is
Beta(k, n - k + 1) (David & Nagaraja 2003, section 7.1). Likewise, with x at or above, *lenient* is the highest
threshold for which the lower Clopper-Pearson bound is at least f.

**Members.** The interval goes from the lower Clopper-Pearson bound of the members' share above *strict* to the upper
bound of their share at or above *lenient*. Members are other people than non-members, so their count is binomial
whatever the thresholds turned out to be, and each side errs with at most :math:`\alpha/4 + \alpha/4`: the interval
covers with at least :math:`1 - \alpha`.

**Several scans and repeats.** n is people, not scans: a person's share of scans above a threshold varies no more than a
yes or no does, so binomial bounds stay on the cautious side; people with more scans than others lower n further
(:meth:`~remembrain.evidence.people.Repeat.effective_count`). Counts n x share need not be whole: Clopper-Pearson bounds
are quantiles of the beta distribution, which takes any. Every repeat has its own attack and so its own thresholds; the
members' shares are averaged over repeats and bounded with the people of a single one, since the mean varies less.
The guarantee is exact for one repeat with one scan a person, and checked by simulation otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import optimize, special

from remembrain.evidence.metrics import tpr_at_fpr
from remembrain.evidence.people import People, Repeat
from remembrain.types import Interval

_ROUNDING = 1e-9


@dataclass(frozen=True)
class NotAssessed:
    """A figure that these numbers of people cannot give, and why."""

    why: str


def tpr_interval(people: People, fpr: float, confidence: float) -> Interval | NotAssessed:
    """Return the true-positive rate at a false-positive rate, mean over repeats, with its interval.

    Parameters
    ----------
    people
        The repeats of one attack.
    fpr
        The false-positive rate.
    confidence
        Such as 0.95.

    Returns
    -------
    Interval or NotAssessed
        Not assessed where non-members are fewer than ``1 / fpr`` people: none of them could stand for that rate.
    """
    n_members, n_nonmembers = people.count(member=True), people.count(member=False)
    if n_nonmembers * fpr < 1 - _ROUNDING:
        return NotAssessed(
            f"{n_nonmembers} non-members cannot resolve a false-positive rate of {100 * fpr:g} %; "
            f"at least {int(np.ceil(1 / fpr - _ROUNDING))} are needed"
        )
    value = np.mean([tpr_at_fpr(repeat.member, repeat.score, fpr) for repeat in people.repeats])
    quarter = (1 - confidence) / 4
    shares = np.mean([_members_above(repeat, fpr, quarter) for repeat in people.repeats], axis=0)
    effective = min(repeat.effective_count(member=True) for repeat in people.repeats)
    low = share_at_least(float(shares[0]), effective, quarter)
    high = share_at_most(float(shares[1]), effective, quarter)
    return Interval(float(value), low, high, n_members, n_nonmembers, confidence)


def share_at_least(share: float, n: float, error: float) -> float:
    """Return the one-sided lower Clopper-Pearson bound of a share seen among n people."""
    count = n * share
    return float(special.betaincinv(count, n - count + 1, error)) if count > 0 else 0.0


def share_at_most(share: float, n: float, error: float) -> float:
    """Return the one-sided upper Clopper-Pearson bound of a share seen among n people."""
    return 1 - share_at_least(1 - share, n, error)


def _members_above(repeat: Repeat, fpr: float, error: float) -> tuple[float, float]:
    """Return the share of members above the strict and at or above the lenient threshold."""
    others = np.sort(repeat.score[~repeat.member])
    ours = np.sort(repeat.score[repeat.member])
    n = repeat.effective_count(member=False)
    thresholds = np.unique(others)
    strictly_above = 1 - np.searchsorted(others, thresholds, side="right") / len(others)
    at_or_above = 1 - np.searchsorted(others, thresholds, side="left") / len(others)
    strict = thresholds[strictly_above <= _largest_share_below(fpr, n, error) + _ROUNDING]
    lenient = thresholds[at_or_above >= _smallest_share_above(fpr, n, error) - _ROUNDING]
    above = 1 - np.searchsorted(ours, strict[0], side="right") / len(ours) if len(strict) else 0.0
    not_below = 1 - np.searchsorted(ours, lenient[-1], side="left") / len(ours) if len(lenient) else 1.0
    return float(above), float(not_below)


@lru_cache(maxsize=1024)
def _largest_share_below(fpr: float, n: float, error: float) -> float:
    """Return the largest share of n whose upper Clopper-Pearson bound is at most ``fpr``; below 0 if none is."""
    if share_at_most(0.0, n, error) > fpr:
        return -1.0
    return float(optimize.brentq(lambda share: share_at_most(share, n, error) - fpr, 0.0, fpr, xtol=1e-14))


@lru_cache(maxsize=1024)
def _smallest_share_above(fpr: float, n: float, error: float) -> float:
    """Return the smallest share of n whose lower Clopper-Pearson bound is at least ``fpr``; above 1 if none is."""
    if share_at_least(1.0, n, error) < fpr:
        return 2.0
    return float(optimize.brentq(lambda share: share_at_least(share, n, error) - fpr, fpr, 1.0, xtol=1e-14))
