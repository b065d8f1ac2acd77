"""Is one attack better than another, on the same people? Above all: better than the blind baseline?

The two are judged on the same people, so that what moves both cancels out. This module must not know which
attacks exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.influence import by_repeat, independent, standard_error
from remembrain.evidence.metrics import auc_parts, balanced_accuracy_parts
from remembrain.evidence.people import People, join
from remembrain.types import Interval, Scores


@dataclass(frozen=True)
class Difference:
    """AUC of an attack less that of a baseline, mean over repeats.

    ``p_value`` is one-sided, against the attack not being better, and of the repeats that
    :class:`~remembrain.evidence.assess.Assessment` says.
    """

    attack: str
    baseline: str
    auc: Interval
    p_value: float


def auc_difference(
    attack: Sequence[Scores],
    baseline: Sequence[Scores],
    *,
    confidence: float = 0.95,
    either_way: bool = True,
) -> Difference:
    """Return how much better an attack is than a baseline, in AUC, with its interval.

    The baseline is credited with the better of its two directions: its AUC a counts as max(a, 1 - a), since whoever
    sees that its scores run the wrong way would turn them round. So a baseline with its sign inverted cannot make an
    attack look good. Without ``either_way`` the difference is that of the two AUCs as they stand.

    Parameters
    ----------
    attack, baseline
        The same repeats of both, on the same scans (in any order).
    confidence
        Of the interval.

    Returns
    -------
    Difference
        With the interval value +- t s, s the standard error from people's influence on the difference, and the p-value
        of value / s. Where nobody has any, s is what makes the half-width 1 - (alpha/4)^(1/n), the
        bound for n people without an exception.

    Raises
    ------
    DataError
        Where repeats or scans differ, or either is misaligned.
    """
    first, second = join(attack), join(baseline)
    _check_same(attack, baseline)
    ours, our_influence = by_repeat(first, auc_parts)
    theirs, their_influence = by_repeat(second, auc_parts)
    if either_way and theirs.mean() < 0.5:
        theirs, their_influence = 1 - theirs, -their_influence
    difference, influence = ours - theirs, our_influence - their_influence
    both = replace(first, repeated=second.repeated if second.repeated == "learned by lot" else first.repeated)
    interval, of_all = _of(both, difference, influence, confidence)
    if first.repeated != "known people":
        return Difference(first.attack, second.attack, interval, of_all)
    alone = replace(first, repeats=first.repeats[:1])
    _, p_value = _of(alone, difference[:1], influence[:1], confidence)
    return Difference(first.attack, second.attack, interval, p_value)


def accuracy_difference(first: Sequence[Scores], second: Sequence[Scores], *, confidence: float = 0.95) -> Interval:
    """Return the balanced accuracy of one attack less that of another, on the same people, with its paired interval.

    Parameters and errors as for :func:`auc_difference`; no direction is turned round.
    """
    people, others = join(first), join(second)
    _check_same(first, second)
    ours, our_influence = by_repeat(people, balanced_accuracy_parts)
    theirs, their_influence = by_repeat(others, balanced_accuracy_parts)
    return _of(people, ours - theirs, our_influence - their_influence, confidence)[0]


def _of(
    people: People,
    values: Float[np.ndarray, "repeat"],
    influence: Float[np.ndarray, "repeat person"],
    confidence: float,
) -> tuple[Interval, float]:
    """Return a difference with its interval, and the one-sided p-value against it not being positive."""
    counts = people.count(member=True), people.count(member=False)
    value, freedom = float(values.mean()), max(1, independent(people) - 1)
    quantile = float(stats.t.ppf((1 + confidence) / 2, freedom))
    spread = standard_error(influence, people, values)
    if spread < 1e-9:
        spread = (1 - ((1 - confidence) / 4) ** (1 / min(counts))) / quantile
    reach = quantile * spread
    interval = Interval(value, max(-1.0, value - reach), min(1.0, value + reach), *counts, confidence)
    return interval, float(stats.t.sf(value / spread, freedom))


def _check_same(attack: Sequence[Scores], baseline: Sequence[Scores]) -> None:
    """Raise unless both were tested in the same repeats on the same scans, members alike."""
    ours, theirs = ({scores.repeat: scores for scores in repeats} for repeats in (attack, baseline))
    names = f"{attack[0].attack} and {baseline[0].attack}"
    if ours.keys() != theirs.keys():
        raise DataError(f"repeats {sorted(ours)} and {sorted(theirs)}", where=names, expected="the same repeats")
    for repeat, scores in ours.items():
        if differing := _differing(scores, theirs[repeat]):
            person, session, _ = min(differing)
            raise DataError(
                f"were not tested on the same scans: {person} {session}".rstrip(),
                where=f"{names}, repeat {repeat}",
                expected="the same people, sessions and answers",
            )


def _differing(scores: Scores, other: Scores) -> set[tuple[str, str, bool]]:
    """Return the scans, with their answers, that stand in one of the two alone, in whatever order they come."""
    in_order = (
        np.array_equal(scores.participant_id, other.participant_id)
        and np.array_equal(scores.session_id, other.session_id)
        and np.array_equal(scores.member, other.member)
    )
    return set() if in_order else _scans(scores) ^ _scans(other)


def _scans(scores: Scores) -> set[tuple[str, str, bool]]:
    """Return what identifies each scan, and its answer."""
    triples = zip(scores.participant_id, scores.session_id, scores.member, strict=True)
    return {(str(person), str(session), bool(member)) for person, session, member in triples}
