r"""The interval of the true-positive rate at a fixed false-positive rate, free of any assumed distribution.

The figure asked for is the true-positive rate at the threshold whose *true* false-positive rate is f. Two things are
unknown: where that threshold lies among the n non-members, and the share of members above it.

**Threshold.** Whatever the distribution of scores, the number K of non-members above it is Bin(n, f), exactly.

**Members.** Let :math:`A_k` of m members score above the k-th largest non-member, :math:`A_0 = 0` and
:math:`A_{n+1} = m`. Where K = k, the threshold lies between the k-th and the (k + 1)-th largest non-member, so that
at least :math:`A_k` and at most :math:`A_{k+1}` members are above it; a share of which A of m were seen is
Beta(A + 1/2, m - A + 1/2) after Jeffreys's prior (Brown, Cai & DasGupta 2001, Statist. Sci. 16:101, section 4). Over
both unknowns together the interval holds the middle :math:`1 - \alpha` of

.. math:: \sum_k P(K = k) \, \tfrac12 \bigl[\mathrm{Beta}(A_k + \tfrac12, m - A_k + \tfrac12)
   + \mathrm{Beta}(A_{k+1} + \tfrac12, m - A_{k+1} + \tfrac12)\bigr],

A = 0 counting as a share of 0 for the lower end, and A = m as a share of 1 for the upper one. Simulated, it covers 95
to 98.5 % where it can be two-sided. Bounding the two unknowns one by one, each end of each with a quarter of the error,
covers 99 to 100 % and is about half as wide again; Clopper and Pearson's bounds in this mixture cover 96 to 99.5 %.
Where :math:`(1 - f)^n > \alpha/2`, no non-member may be above the threshold at all: no lower bound above 0 exists
without assuming a distribution, and it is 0. Of scores with ties, who equals a non-member is below it for A_k and above
it for A_(k+1).

**Several scans and repeats.** n and m are people, not scans: a person's share of scans above a threshold varies no more
than a yes or no does; people with more scans than others lower them further
(:meth:`~remembrain.evidence.people.Repeat.effective_count`). Every repeat has its own attack and so its own thresholds;
the members' shares are averaged over repeats, rank by rank, and n and m are multiplied by how much better the mean over
repeats is known than one of them, as it is of the AUC; over pairs of an attacker and a victim each by its own group's
part of that, since all pairs have the same non-members. Neither need be whole: the beta distribution takes any. The
interval is that of one repeat with one scan a person above, and checked by simulation otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import optimize, special, stats

from remembrain.evidence.metrics import at_rank, members_above, tpr_at_fpr
from remembrain.evidence.people import People
from remembrain.types import Interval

_ROUNDING = 1e-9
_NEGLIGIBLE = 1e-9
"""Numbers of non-members above the threshold that are less likely than this are left out."""


@dataclass(frozen=True)
class NotAssessed:
    """A figure that these numbers of people cannot give, and why."""

    why: str


def tpr_interval(
    people: People, fpr: float, confidence: float, *, worth: tuple[float, float] = (1.0, 1.0)
) -> Interval | NotAssessed:
    """Return the true-positive rate at a false-positive rate, mean over repeats, with its interval.

    Parameters
    ----------
    people
        The repeats of one attack.
    fpr
        The false-positive rate.
    confidence
        Such as 0.95.
    worth
        How many people a member, and a non-member, of a single repeat are worth in the mean over repeats
        (:func:`~remembrain.evidence.influence.worth_of_repeats`, of the AUC).

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
    m, rows = _effective(people, worth, member=True), _rows(people, worth)
    above, chance = np.arange(rows + 1), stats.binom.pmf(np.arange(rows + 1), rows, fpr)
    above, chance = above[chance > _NEGLIGIBLE], chance[chance > _NEGLIGIBLE]
    shares = (_shares(people, above / (rows + 1), equal=False), _shares(people, (above + 1) / (rows + 1), equal=True))
    count, weight = m * np.concatenate(shares), np.tile(chance / chance.sum() / 2, 2)
    tail = (1 - confidence) / 2
    low = _lower_end(count, m, weight, tail) if resolved(fpr, rows, confidence) else 0.0
    high = 1 - _lower_end(m - count, m, weight, tail)
    return Interval(float(value), min(low, float(value)), max(high, float(value)), n_members, n_nonmembers, confidence)


def quoted_fpr(
    people: People,
    rates: Mapping[float, Interval | NotAssessed],
    confidence: float,
    *,
    worth: tuple[float, float] = (1.0, 1.0),
) -> float | None:
    """Return the false-positive rate at which to quote what one attack recognises, wherever one rate is quoted.

    It is the lowest at which a lower bound above 0 can be had. One at which there is none says next to nothing, and is
    taken only where there is no other: then it is the highest that was assessed.

    Parameters
    ----------
    people, confidence, worth
        As of :func:`tpr_interval`.
    rates
        What that returned, by false-positive rate.
    """
    assessed = [fpr for fpr, rate in rates.items() if isinstance(rate, Interval)]
    telling = [fpr for fpr in assessed if resolved(fpr, _rows(people, worth), confidence)]
    return min(telling, default=max(assessed, default=None))


def resolved(fpr: float, n_nonmembers: int, confidence: float) -> bool:
    """Tell whether so many non-members allow a lower bound above 0 of the true-positive rate at this rate."""
    return bool((1 - fpr) ** n_nonmembers <= (1 - confidence) / 2)


def share_at_least(share: float, n: float, error: float) -> float:
    """Return the one-sided lower Clopper-Pearson bound of a share seen among n people."""
    count = n * share
    return float(special.betaincinv(count, n - count + 1, error)) if count > 0 else 0.0


def share_at_most(share: float, n: float, error: float) -> float:
    """Return the one-sided upper Clopper-Pearson bound of a share seen among n people."""
    return 1 - share_at_least(1 - share, n, error)


def _effective(people: People, worth: tuple[float, float], *, member: bool) -> float:
    """Return how many people of one scan and one repeat the members, or the non-members, are worth."""
    times = worth[0] if member else worth[1]
    return times * min(repeat.effective_count(member=member) for repeat in people.repeats)


def _rows(people: People, worth: tuple[float, float]) -> int:
    """Return how many non-members may lie above a threshold, as a whole number."""
    return int(_effective(people, worth, member=False) + _ROUNDING)


def _shares(people: People, rank: Float[np.ndarray, "row"], *, equal: bool) -> Float[np.ndarray, "row"]:
    """Return the share of members above ranks among non-members (0 to 1, of n + 1), mean over repeats."""
    found = [members_above(repeat.member, repeat.score, equal=equal) for repeat in people.repeats]
    shares: Float[np.ndarray, "row"] = np.mean([at_rank(above, rank * (len(above) - 1)) for above in found], axis=0)
    return shares


def _lower_end(count: Float[np.ndarray, "row"], m: float, weight: Float[np.ndarray, "row"], error: float) -> float:
    """Return a quantile of the mixture above, where nobody seen counts as a share of 0."""
    some = count > _ROUNDING
    nobody = float(weight[~some].sum())
    if nobody >= error:
        return 0.0

    def below(share: float) -> float:
        return nobody + float(weight[some] @ special.betainc(count[some] + 0.5, m - count[some] + 0.5, share)) - error

    return float(optimize.brentq(below, 0.0, 1.0, xtol=1e-10))
