"""One attack's scores over its repeats -> every figure with its interval, or why there is none.

The reported value of a figure is the mean over repeats of that repeat's figure, so that scikit-learn gives the same
from ``restricted/scores.tsv``. An interval tells where the figure would lie with other people from the same population
and the attacks as they were trained; ``accuracy_sd`` tells how much the repeats differ among themselves. This module
must not know what the figures mean for anybody: that stands in :mod:`~remembrain.evidence.findings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError
from remembrain.evidence import disclosure
from remembrain.evidence.almost_separated import also_near_one
from remembrain.evidence.influence import (
    by_repeat,
    independent,
    share_interval,
    share_p_values,
    standard_error,
    worth_of_repeats,
)
from remembrain.evidence.metrics import auc_parts, balanced_accuracy_parts
from remembrain.evidence.people import People, Repeat, join
from remembrain.evidence.rates import NotAssessed, quoted_fpr, tpr_interval
from remembrain.record.attacks import Achieved
from remembrain.record.numbers import UNKNOWN, Accuracy, Number
from remembrain.types import Interval, Scores

FPRS = (0.1, 0.01, 0.001)
"""The false-positive rates at which true-positive rates are reported."""

FEWEST_TESTED = 20
"""Members, and non-members, about whom an attack must decide for anything to be said of it."""


@dataclass(frozen=True)
class Assessment:
    """What one attack achieved; figures are ``None`` where the status is ``not assessed``.

    ``n_members`` and ``n_nonmembers`` are people tested in a repeat (in the smallest one). ``p_value`` is against
    members not scoring higher, ``p_value_two_sided`` against them not scoring otherwise; both are of the first repeat
    alone. The mean over repeats of a rule learned from noise is skewed to the right, since all repeats draw on the same
    people (a degenerate U-statistic: Serfling 1980, section 5.5.2), and a test of it raises too many false alarms. In
    one repeat the tested people are new to the rule, and the test is what it says. Of pairs of an attacker and a
    victim, each of which has people of its own, of a rule that learns from nobody who is tested, and where roles are
    drawn anew each time, the p-values are of the mean over all repeats.

    ``quoted_fpr`` is the false-positive rate at which to quote a true-positive rate, wherever one is quoted
    (:func:`~remembrain.evidence.rates.quoted_fpr`).
    """

    attack: str
    status: Literal["assessed", "not assessed"]
    why: str
    n_members: int
    n_nonmembers: int
    repeats: int
    accuracy: Interval | None
    accuracy_sd: float | None
    auc: Interval | None
    tpr_at_fpr: Mapping[float, Interval | NotAssessed]
    p_value: float | None
    p_value_two_sided: float | None
    quoted_fpr: float | None = None

    @property
    def quoted(self) -> tuple[float, Interval] | None:
        """The false-positive rate at which to quote a true-positive rate, with that; none where none was assessed."""
        rate = None if self.quoted_fpr is None else self.tpr_at_fpr[self.quoted_fpr]
        return (self.quoted_fpr, rate) if self.quoted_fpr is not None and isinstance(rate, Interval) else None


def assess(
    repeats: Sequence[Scores],
    *,
    fprs: Sequence[float] = FPRS,
    confidence: float = 0.95,
    minimum_people: int = FEWEST_TESTED,
) -> Assessment:
    """Assess one attack.

    Parameters
    ----------
    repeats
        What the attack said in each repeat; higher means member, above 0 decides it. They say what they have to do
        with one another (:class:`~remembrain.types.Scores`).
    fprs
        False-positive rates at which to report the true-positive rate.
    confidence
        Of every interval.
    minimum_people
        Fewer members or non-members than this in any repeat are not assessed.

    Returns
    -------
    Assessment
        Not assessed, with the reason, where people are too few or a repeat gives everybody the same score.

    Raises
    ------
    DataError
        Where scores and people do not fit together (see :func:`~remembrain.evidence.people.join`), or ``confidence``
        or a rate is not between 0 and 1.
    """
    if not 0 < confidence < 1 or not all(0 < fpr < 1 for fpr in fprs):
        raise DataError(f"confidence {confidence}, false-positive rates {tuple(fprs)}", expected="between 0 and 1")
    people = join(repeats)
    why = _why_not(people, max(2, minimum_people))
    if why:
        return not_assessed(people.attack, why, people=people, fprs=fprs)
    aucs, of_auc = by_repeat(people, auc_parts)
    accuracies, of_accuracy = by_repeat(people, balanced_accuracy_parts)
    worth = worth_of_repeats(of_auc, people, aucs)
    pooled = people.repeated != "known people"
    auc = also_near_one(_interval(aucs, of_auc, people, confidence), worth if pooled else (1.0, 1.0))
    rates = {fpr: tpr_interval(people, fpr, confidence, worth=worth) for fpr in fprs}
    one_sided, two_sided = (
        share_p_values(float(aucs.mean()), standard_error(of_auc, people, aucs), independent(people))
        if pooled
        else share_p_values(float(aucs[0]), float(np.linalg.norm(of_auc[0])), _smaller(people.repeats[0]))
    )
    return Assessment(
        attack=people.attack,
        status="assessed",
        why="",
        n_members=people.count(member=True),
        n_nonmembers=people.count(member=False),
        repeats=len(people.repeats),
        accuracy=_interval(accuracies, of_accuracy, people, confidence),
        accuracy_sd=float(np.std(accuracies, ddof=1)) if len(accuracies) > 1 else None,
        auc=auc,
        tpr_at_fpr=rates,
        p_value=one_sided,
        p_value_two_sided=two_sided,
        quoted_fpr=quoted_fpr(people, rates, confidence, worth=worth),
    )


def not_assessed(attack: str, why: str, *, people: People | None = None, fprs: Sequence[float] = FPRS) -> Assessment:
    """Return the assessment of an attack that could not be run or measured, with the reason."""
    return Assessment(
        attack=attack,
        status="not assessed",
        why=why,
        n_members=people.count(member=True) if people else 0,
        n_nonmembers=people.count(member=False) if people else 0,
        repeats=len(people.repeats) if people else 0,
        accuracy=None,
        accuracy_sd=None,
        auc=None,
        tpr_at_fpr=dict.fromkeys(fprs, NotAssessed(why)),
        p_value=None,
        p_value_two_sided=None,
    )


def achieved(assessment: Assessment) -> Achieved:
    """Return the assessment as it stands in the evidence; people are told of where they are not few."""
    return Achieved(
        name=assessment.attack,
        n_members=disclosure.total(assessment.n_members),
        n_nonmembers=disclosure.total(assessment.n_nonmembers),
        repeats=assessment.repeats,
        accuracy=Accuracy(**vars(as_number(assessment.accuracy)), sd=assessment.accuracy_sd),
        auc=as_number(assessment.auc),
        tpr_at_fpr=rates(assessment),
        quoted_fpr=assessment.quoted_fpr,
        p_value=assessment.p_value,
        p_value_two_sided=assessment.p_value_two_sided,
        status=assessment.status,
        why=assessment.why,
    )


def rates(assessment: Assessment) -> dict[str, Number]:
    """Return the true-positive rates by the false-positive rate."""
    return {f"{fpr:g}": as_number(rate) for fpr, rate in assessment.tpr_at_fpr.items()}


def as_number(figure: Interval | NotAssessed | None) -> Number:
    """Return a figure with its interval; none, and the reason where one is known, if there is none."""
    if isinstance(figure, Interval):
        return Number(value=figure.value, low=figure.low, high=figure.high)
    return UNKNOWN if figure is None else Number(why=figure.why)


def _smaller(repeat: Repeat) -> int:
    """Return how many people the smaller group of a repeat has."""
    return min(repeat.count(member=True), repeat.count(member=False))


def _why_not(people: People, minimum: int) -> str:
    """Return why these scores cannot be assessed; nothing where they can."""
    n_members, n_nonmembers = people.count(member=True), people.count(member=False)
    if min(n_members, n_nonmembers) < minimum:
        return f"too few people: {n_members} members and {n_nonmembers} non-members a repeat, {minimum} of each needed"
    constant = sum(np.ptp(repeat.score) == 0 for repeat in people.repeats)
    if constant:
        return f"the attack gave every scan the same score in {constant} of {len(people.repeats)} repeats"
    return ""


def _interval(
    values: Float[np.ndarray, "repeat"],
    influence: Float[np.ndarray, "repeat person"],
    people: People,
    confidence: float,
) -> Interval:
    """Return a share, mean over repeats, with its interval."""
    n_members, n_nonmembers = people.count(member=True), people.count(member=False)
    value = float(values.mean())
    spread = standard_error(influence, people, values)
    low, high = share_interval(value, spread, independent(people), confidence)
    return Interval(value, low, high, n_members, n_nonmembers, confidence)
