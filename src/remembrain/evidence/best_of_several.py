r"""Intervals that hold for all attacks at once, so that the best of them may be read off after the fact.

Whoever compares k attacks and quotes the best one quotes the luckiest: its interval by itself covers the truth too
seldom. The level at which no interval misses, with the confidence that is asked for, is that of the largest of k
Student's t that agree as the attacks do,

.. math:: P(\max_a |t_a| \le c) = \gamma, \qquad \gamma_1 = 2 T_\nu(c) - 1

with correlations from people's influence (:mod:`~remembrain.evidence.influence`; Hothorn, Bretz & Westfall 2008, Biom.
J. 50:346, section 3). Attacks that agree cost less than Bonferroni's correction for k. This module must not know
attacks by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain.evidence.influence import by_repeat, of_mean_over_repeats
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import join
from remembrain.types import Scores

_DRAWS = 40_000


def confidence_of_each(
    attacks: Mapping[str, Sequence[Scores]], rng: np.random.Generator, *, confidence: float = 0.95
) -> float:
    """Return the confidence at which intervals of AUCs hold for all attacks at once.

    Parameters
    ----------
    attacks
        By name, the same repeats of all, on the same people.
    rng
        Of the draws of the largest statistic.
    confidence
        That no interval misses.
    """
    parts, _ = _influence_of_mean(attacks)
    return _of_each(parts, _freedom(attacks), rng, confidence)


def confidence_of_each_difference(
    attacks: Mapping[str, Sequence[Scores]],
    baselines: Mapping[str, Sequence[Scores]],
    rng: np.random.Generator,
    *,
    confidence: float = 0.95,
) -> float:
    """Return the confidence at which intervals of every attack's AUC less that of every baseline hold at once.

    So the baseline may be chosen after the fact as well.

    Parameters
    ----------
    attacks, baselines
        By name, the same repeats of all, on the same people.
    rng, confidence
        As for :func:`confidence_of_each`.
    """
    ours, _ = _influence_of_mean(attacks)
    theirs, their_aucs = _influence_of_mean(baselines)
    turned = np.where(their_aucs < 0, -1.0, 1.0)[:, None] * theirs  # as a difference counts a baseline
    pairs = (ours[:, None] - turned[None]).reshape(-1, ours.shape[1])
    return _of_each(pairs, _freedom(attacks), rng, confidence)


def _influence_of_mean(
    attacks: Mapping[str, Sequence[Scores]],
) -> tuple[Float[np.ndarray, "attack person"], Float[np.ndarray, "attack"]]:
    """Return everybody's influence on the mean AUC of each attack, and by how much that is above chance."""
    people = [join(repeats) for repeats in attacks.values()]
    parts = [by_repeat(tested, auc_parts) for tested in people]
    of_mean = [of_mean_over_repeats(influence, tested) for tested, (_, influence) in zip(people, parts, strict=True)]
    return np.stack(of_mean), np.array([aucs.mean() - 0.5 for aucs, _ in parts])


def _freedom(attacks: Mapping[str, Sequence[Scores]]) -> int:
    """Return the degrees of freedom of an interval: one less than the smaller group."""
    people = join(next(iter(attacks.values())))
    return max(1, min(people.count(member=True), people.count(member=False)) - 1)


def _of_each(
    influence: Float[np.ndarray, "figure person"], freedom: int, rng: np.random.Generator, confidence: float
) -> float:
    """Return the level of each of several figures, by the largest of their statistics."""
    size = np.linalg.norm(influence, axis=1, keepdims=True)
    unit = influence[size[:, 0] > 1e-12] / size[size > 1e-12][:, None]
    if len(unit) < 2:
        return confidence
    left, scale, _ = np.linalg.svd(unit, full_matrices=False)
    kept = scale > 1e-9 * scale[0]
    draws = rng.standard_normal((_DRAWS, int(kept.sum()))) @ (left[:, kept] * scale[kept]).T
    largest = np.abs(draws).max(axis=1) / np.sqrt(rng.chisquare(freedom, _DRAWS) / freedom)
    bound = float(np.quantile(largest, confidence))
    return max(confidence, float(2 * stats.t.cdf(bound, freedom) - 1))
