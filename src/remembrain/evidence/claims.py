"""A claimed epsilon beside the lower bounds that an audit found: contradicted, or not, or not assessed.

A lower bound can contradict a claim and never confirm it, and every text here says so. This module must not know how
the bounds were computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isinf, isnan

from remembrain.errors import DataError
from remembrain.evidence.lower_bounds import LowerBound
from remembrain.record.privacy import Judgement, Verdict

NO_CONFIRMATION = "a lower bound can never confirm a claim"


@dataclass(frozen=True)
class Claim:
    """What the bounds say of a claimed epsilon, in a sentence, and on what ground.

    ``claimed`` is ``None`` where none is; ``value`` is the largest bound and ``estimator`` whose it is, ``None`` where
    there is none. ``why`` names what the largest bound assumes, or why nothing was assessed.
    """

    status: Verdict
    text: str
    why: str
    claimed: float | None
    delta: float
    confidence: float | None
    value: float | None
    estimator: str | None

    def written(self) -> Judgement:
        """Return it as it stands in the evidence."""
        return Judgement(
            status=self.status,
            text=self.text,
            why=self.why,
            claimed=self.claimed,
            delta=self.delta,
            confidence=self.confidence,
            value=self.value,
            estimator=self.estimator,
        )


def statement(
    claimed: float | None,
    delta: float,
    bounds: Sequence[LowerBound],
    *,
    confidence: float | None = None,
    why: str = "",
) -> Claim:
    """Say whether a claimed epsilon is contradicted by the largest of several lower bounds.

    Parameters
    ----------
    claimed
        The epsilon that is claimed at ``delta``; ``None`` or infinite where none is.
    delta
        Of the claim and of every bound.
    bounds
        All that were computed, whatever they came to: leaving some out would spoil the confidence.
    confidence
        With which all bounds hold together, for the text. Left out: 1 less the sum of their errors.
    why
        Why there are no bounds.

    Raises
    ------
    DataError
        Where the claim is negative or NaN, a bound is at another delta, or the bounds cannot hold together with this
        confidence.
    """
    if claimed is not None and (isnan(claimed) or claimed < 0):
        raise DataError(f"an epsilon of {claimed} is claimed", expected="at least 0, or none")
    claimed = None if claimed is None or isinf(claimed) else float(claimed)
    start = "no epsilon is claimed" if claimed is None else f"claimed {claimed:.4g}"
    if not bounds:
        why = why or "no lower bound was computed"
        return Claim("not assessed", f"{start}; not assessed: {why}", why, claimed, delta, None, None, None)
    joint = _joint_confidence(delta, bounds, confidence)
    best = max(bounds, key=lambda bound: bound.value)
    found = f"at {100 * joint:.6g} % confidence at least {_at_least(best.value, claimed)}"
    if best.value > 0:
        found += f" ({best.title})"
    status: Verdict
    if claimed is None:
        status, verdict = "not assessed", f"{found}; how much more it is, a lower bound cannot say"
    elif best.value > claimed:
        status, verdict = "contradicted", f"{found}; contradicted"
    else:
        status, verdict = "not contradicted", f"{found}; not contradicted, but {NO_CONFIRMATION}"
    why = f"{best.title} assumes: {best.assumption}" if best.value > 0 else "no bound is above 0"
    return Claim(status, f"{start}; {verdict}", why, claimed, delta, joint, best.value, best.estimator)


def _joint_confidence(delta: float, bounds: Sequence[LowerBound], confidence: float | None) -> float:
    """Return with which confidence all bounds hold together; what is asked for must not be more (Bonferroni)."""
    for bound in bounds:
        if bound.delta != delta:
            raise DataError(
                f"a bound at delta {bound.delta:g} for a claim at delta {delta:g}",
                where=bound.estimator,
                expected="one delta",
            )
    together = 1 - sum(1 - bound.confidence for bound in bounds)
    if confidence is None:
        confidence = together
    if not 0 < confidence <= together + 1e-9:
        raise DataError(
            f"{len(bounds)} bounds said to hold together at {100 * confidence:g} % confidence",
            expected=f"more than 0 % and at most {100 * together:g} %, by their own confidence",
        )
    return confidence


def _at_least(value: float, claimed: float | None) -> str:
    """Return a bound rounded down, with as many decimals as it takes to stay above a claim that it is above."""
    for decimals in range(2, 12):
        rounded = floor(value * 10**decimals) / 10**decimals
        if claimed is None or not rounded <= claimed < value:
            break
    return f"{rounded:.12g}"
