"""Is the evidence at or below a limit? The question behind ``--fail-above auc=0.6``, answered fail-closed.

This module must not know how the limit was written or what happens when it is exceeded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remembrain.errors import DataError
from remembrain.evidence.assess import Assessment
from remembrain.evidence.controls import Control
from remembrain.evidence.findings import works_in_reverse
from remembrain.evidence.wording import percent
from remembrain.types import Interval


@dataclass(frozen=True)
class Verdict:
    """Whether the evidence exceeds the limit or could not be held against it, and the sentence that says why."""

    exceeds: bool
    text: str


def exceeds(
    assessments: Mapping[str, Assessment],
    measure: str,
    limit: float,
    *,
    null: Control,
    blind: Control,
    by_lot: bool = False,
) -> Verdict:
    """Hold the evidence against a limit.

    It is at or below the limit only where both controls hold, there is an attack, every one was assessed, went through
    the null control and has its sign upright, and the *upper* end of every one's interval is at or below it. Where
    members were drawn by lot the blind baseline fails by chance alone, in one of twenty audits, and need not hold.

    Parameters
    ----------
    assessments
        By name, the attacks on the target.
    measure
        ``auc``, ``accuracy``, or ``tpr@0.01`` for the true-positive rate at that false-positive rate.
    limit
        From 0 to 1.
    null, blind
        The controls.
    by_lot
        Whether who is a member was drawn by lot.

    Raises
    ------
    DataError
        Where the measure is none of these, or the limit is not from 0 to 1.
    """
    if not 0 <= limit <= 1:
        raise DataError(f"limit {measure}={limit}", expected="a number from 0 to 1")
    intervals = {name: _interval(found, measure) for name, found in assessments.items() if found.status == "assessed"}
    unusable = [
        f"the {name} {_said(control)}"
        for name, control in (("null control", null), ("blind baseline", blind))
        if control.status != "holds" and not (control is blind and by_lot and control.status == "failed")
    ]
    if not intervals:
        unusable.append("no attack was assessed")
    unusable += [
        f"{name} was not assessed ({found.why})" for name, found in assessments.items() if name not in intervals
    ]
    unusable += [f"{name} has no null control" for name in intervals if not null.assessed(name)]
    unusable += [f"{name} is inverted" for name in sorted(works_in_reverse(assessments))]
    unusable += [f"{name} has no {measure}" for name, interval in intervals.items() if interval is None]
    if unusable:
        return Verdict(True, f"the evidence cannot be held against {measure}={limit:g}: {'; '.join(unusable)}")
    upper = {name: interval.high for name, interval in intervals.items() if interval is not None}
    highest = max(upper, key=lambda name: upper[name])
    compared = f"the interval of {highest} reaches {measure} {upper[highest]:.4g}"
    if upper[highest] > limit:
        return Verdict(True, f"{compared}, above the limit of {limit:g}")
    return Verdict(False, f"{compared}, the highest of {len(upper)} attacks; the limit is {limit:g}")


def _interval(assessment: Assessment, measure: str) -> Interval | None:
    """Return the interval of a measure; none where it was not assessed."""
    if measure == "auc":
        return assessment.auc
    if measure == "accuracy":
        return assessment.accuracy
    for fpr, rate in assessment.tpr_at_fpr.items():
        if measure == f"tpr@{fpr:g}":
            return rate if isinstance(rate, Interval) else None
    known = ", ".join(["auc", "accuracy", *(f"tpr@{fpr:g}" for fpr in assessment.tpr_at_fpr)])
    raise DataError(f"no measure {measure!r}", expected=known)


def _said(control: Control) -> str:
    """Return a control that does not hold in words."""
    if control.status == "failed":
        return f"failed ({control.why}; of sound audits {percent(control.level)} fail it by chance)"
    return f"was not assessed ({control.why})"
