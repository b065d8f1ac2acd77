"""Standard errors from the influence of each person on a figure: what leaving one person out after another shows.

The influence of a person is the derivative of the figure by how much the person counts. Their squares add up to the
variance that a bootstrap of people has in the limit (the infinitesimal jackknife: Efron 1982, *The Jackknife, the
Bootstrap and Other Resampling Plans*, chapter 6; for the AUC: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837),
without drawing anything. A person's influence gathers all their scans, so that a second scan never passes for a second
person. This module must not know what an attack is.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy import special, stats

from remembrain.evidence.people import People, Repeat

FIXED = ("fixed rule", "fixed rule by lot")
"""Repeats of a rule that learned from nobody who is tested."""

_NO_SPREAD = 1e-9
"""A standard error at or below this is rounding: nobody has any influence."""


class Figure(Protocol):
    """A figure of one repeat and the influence of each scan on it, such as ``metrics.auc_parts``."""

    def __call__(
        self, member: Bool[np.ndarray, "scan"], score: Float[np.ndarray, "scan"]
    ) -> tuple[float, Float[np.ndarray, "scan"]]:
        """Return the figure, and its derivative by the weight of each scan; it is not asked to check anything."""


def by_repeat(people: People, figure: Figure) -> tuple[Float[np.ndarray, "repeat"], Float[np.ndarray, "repeat person"]]:
    """Return a figure of each repeat, and the influence of every person on it (0 for those not tested in it)."""
    values, influences = np.empty(len(people.repeats)), np.zeros((len(people.repeats), len(people.is_member)))
    for place, repeat in enumerate(people.repeats):
        values[place], by_scan = figure(repeat.member, repeat.score)
        influences[place] = of_people(repeat, by_scan, len(people.is_member))
    return values, influences


def of_people(repeat: Repeat, by_scan: Float[np.ndarray, "scan"], n_people: int) -> Float[np.ndarray, "person"]:
    """Gather the influence of scans by person; with n people in a group scaled by the root of n / (n - 1).

    So scaled, squares add up to the variance of a figure that is a mean, without bias.
    """
    gathered = np.bincount(repeat.person, weights=by_scan, minlength=n_people)
    for group in (True, False):
        tested = repeat.tested[group]
        gathered[tested] *= np.sqrt(len(tested) / max(1, len(tested) - 1))
    return gathered


def of_mean(
    values: Float[np.ndarray, "scan"], person: Int[np.ndarray, "scan"]
) -> tuple[float, Float[np.ndarray, "person"]]:
    """Return the mean over scans, and the scaled influence of every person on it."""
    mean = float(values.mean())
    gathered = np.bincount(person, weights=values - mean) / len(values)
    n_people = len(gathered)
    return mean, gathered * np.sqrt(n_people / max(1, n_people - 1))


def standard_error(
    influence: Float[np.ndarray, "repeat person"], people: People, values: Float[np.ndarray, "repeat"] | None = None
) -> float:
    r"""Return the standard error of the mean over repeats, from the influence of each person in each repeat.

    Parameters
    ----------
    influence, values
        The influence of every person in every repeat, and the figures, as :func:`by_repeat` returns them.
    people
        Whose they are, and what the repeats have to do with one another.

    Notes
    -----
    **A fixed rule** learned from nobody who is tested: a person's influence on the mean is the mean of theirs, in
    whichever role they were tested, and the squares add up. Where roles are drawn anew, what a person brings into both
    cancels, so that what is left is what their role changed.

    **A rule learned anew** where roles are drawn anew: repeats are independent draws, and Student's error of their mean
    holds, s / root of R (that of one repeat alone where there is one).

    **Pairs** of an attacker and a victim: :func:`standard_error_of_pairs`.

    **Draws of known people**, from whom a rule is learned that is tested on the others. With variance v of a repeat and
    covariance c between two, it is the root of

    .. math:: v / R + (1 - 1/R) \, (c + (1 - q) \, \max(0, v - c / q))

    where q is the share of a repeat's people who are tested in another one as well.

    The last term is what the tested people cannot show. Those tested in one repeat are known to the attack
    of another: that attack learned from person i and judged j, this one learned from j and judged i, and where the
    two are alike both are right, or both wrong, together. A fixed rule judges everybody the same in all repeats, so
    c = q v and the term is zero. For a rule that is all learned from noise, the figure is a sum over pairs of a known
    and a tested person; the pairs that two repeats share in the same direction make c = q (1 - q) v, and those that
    they share in opposite directions add as much again: just the term. In between it goes linearly. Without it, the
    intervals of attacks learned where there is nothing to learn cover 85 to 91 % instead of 95 %. Noise that an attack
    draws anew in every repeat is taken for learning, so that intervals are then somewhat too wide.
    """
    n_repeats = len(influence)
    if people.repeated == "pairs":
        return standard_error_of_pairs(influence)
    if people.repeated == "learned by lot" and values is not None and n_repeats > 1:
        return float(np.std(values, ddof=1) / np.sqrt(n_repeats))
    if people.repeated in FIXED:
        return float(np.linalg.norm(of_mean_over_repeats(influence, people)))
    covariance = influence @ influence.T
    variance = float(np.trace(covariance)) / n_repeats
    if n_repeats == 1:
        return float(np.sqrt(variance))
    shared = float(covariance.sum() - np.trace(covariance)) / (n_repeats * (n_repeats - 1))
    overlap = people.overlap()
    unseen = (1 - overlap) * max(0.0, variance - shared / overlap) if overlap > 0 else variance
    return float(np.sqrt(max(0.0, variance / n_repeats + (1 - 1 / n_repeats) * (shared + unseen))))


def of_mean_over_repeats(influence: Float[np.ndarray, "repeat person"], people: People) -> Float[np.ndarray, "person"]:
    """Return everybody's influence on the mean over repeats, in all roles in which they were tested."""
    return np.bincount(people.same, weights=influence.mean(axis=0))


def standard_error_of_pairs(influence: Float[np.ndarray, "pair person"]) -> float:
    r"""Return the standard error of a mean over pairs of an attacker and a victim, from people's influence on each.

    Those tested are a victim's people, in all pairs of that victim, and non-members, in many pairs: a person's
    influence on the mean is the mean of theirs on the pairs, whatever the pairs share. What it cannot show is that
    attacker i learned from whom attacker j decides about, and j from whom i does (see :func:`standard_error`). Where
    groups are equal, that part is a quarter of a pair's variance v and is shared by two of R pairs at most, so

    .. math:: \left\lVert \tfrac1R \sum_r \phi_r \right\rVert^2 + \frac{v}{4R}

    is an upper bound; the last term is what a rule learned from nothing but noise would need.
    """
    one_pair = float(np.square(influence).sum(axis=1).mean())
    shared = one_pair / (4 * len(influence)) if len(influence) > 1 else 0.0
    return float(np.sqrt(np.square(influence.mean(axis=0)).sum() + shared))


def independent(people: People) -> int:
    """Return how many independent draws a standard error is of: people of the smaller group, or repeats learned anew.

    Where there is one repeat alone, what is drawn in it are people.
    """
    smaller = min(people.count(member=True), people.count(member=False))
    learned_anew = people.repeated == "learned by lot" and len(people.repeats) > 1
    return min(smaller, len(people.repeats)) if learned_anew else smaller


def worth_of_repeats(
    influence: Float[np.ndarray, "repeat person"], people: People, values: Float[np.ndarray, "repeat"]
) -> tuple[float, float]:
    """Return how many people a member, and a non-member, of one repeat are worth in the mean over repeats.

    It is the variance of a figure in one repeat over that of its mean, from 1 to the number of repeats. Of pairs each
    group has its own: victims' people differ from pair to pair, and non-members are the same in all.
    """
    if people.repeated == "pairs":
        members, others = (
            _worth(influence[:, group], standard_error_of_pairs(influence[:, group]))
            for group in (people.is_member, ~people.is_member)
        )
        return members, others
    both = _worth(influence, standard_error(influence, people, values))
    return both, both


def _worth(influence: Float[np.ndarray, "repeat person"], error_of_mean: float) -> float:
    """Return the variance in one repeat over that of the mean."""
    of_one = float(np.square(influence).sum(axis=1).mean())
    return float(np.clip(of_one / error_of_mean**2, 1.0, len(influence))) if error_of_mean > _NO_SPREAD else 1.0


def share_interval(value: float, standard_error: float, n_people: int, confidence: float) -> tuple[float, float]:
    r"""Return the interval of a share (AUC, accuracy) from its standard error.

    On the logit scale, where the interval cannot leave 0..1 and errs equally on both sides:

    .. math:: \mathrm{logit}(\theta) \pm t_{n-1} \, s / (\theta (1 - \theta))

    (delta method; Pepe 2003, *The Statistical Evaluation of Medical Tests*, section 5.2) with Student's quantile for
    ``n_people``, the smaller group in a repeat.

    Where nobody has any influence (groups perfectly separated, or one decision for everybody) s says nothing of
    the spread. A share of which n independent people showed no exception is at least :math:`(\alpha/2)^{1/n}`
    (Clopper & Pearson 1934), so the interval reaches :math:`1 - (\alpha/4)^{1/n}` to either side; the error is halved
    once more because both groups enter. For the AUC the n are disjoint pairs of a member and a non-member.
    """
    alpha = 1 - confidence
    if standard_error <= _NO_SPREAD:
        reach = 1 - (alpha / 4) ** (1 / n_people)
        return max(0.0, value - reach), min(1.0, value + reach)
    reach = stats.t.ppf(1 - alpha / 2, n_people - 1) * standard_error / (value * (1 - value))
    low, high = special.expit(special.logit(value) + np.array([-reach, reach]))
    return float(low), float(high)


def share_p_values(value: float, standard_error: float, n_people: int) -> tuple[float, float]:
    """Return the p-values of a share against 1/2: one-sided against it not being greater, and two-sided.

    They belong to :func:`share_interval`: the two-sided one is below 1 - confidence just where the interval leaves
    1/2 out.
    """
    if standard_error <= _NO_SPREAD:
        tail = min(0.5, 2 * (1 - abs(value - 0.5)) ** n_people)
        return (tail if value >= 0.5 else 1 - tail), 2 * tail
    statistic = special.logit(value) * value * (1 - value) / standard_error
    return (
        float(stats.t.sf(statistic, n_people - 1)),
        float(2 * stats.t.sf(abs(statistic), n_people - 1)),
    )
