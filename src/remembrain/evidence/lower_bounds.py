"""The shape of a lower bound on epsilon, and what no bound can be made of.

This module must not know how a bound is computed, nor what anybody claims.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain._validate import same_length
from remembrain.errors import DataError
from remembrain.evidence.gaussian_privacy import between
from remembrain.record import privacy as record

FEWEST = 20
"""Fewer members or non-members than this give no bound."""


@dataclass(frozen=True)
class LowerBound:
    """An epsilon that is exceeded, with this confidence, where the assumption holds.

    ``tried`` is how many thresholds or numbers of guesses the confidence is corrected for. A ``value`` of 0 says that
    nothing was shown, and never that there is nothing.
    """

    estimator: str
    title: str
    value: float
    delta: float
    confidence: float
    n_members: int
    n_nonmembers: int
    tried: int
    assumption: str
    paper: str

    def written(self, source: str, source_title: str, *, decides: bool) -> record.LowerBound:
        """Return it as it stands in the evidence: of whose scores it is, and whether it may contradict a claim."""
        return record.LowerBound(
            estimator=self.estimator,
            title=self.title,
            source=source,
            source_title=source_title,
            value=self.value,
            delta=self.delta,
            confidence=self.confidence,
            n_members=self.n_members,
            n_nonmembers=self.n_nonmembers,
            tried=self.tried,
            assumption=self.assumption,
            paper=self.paper,
            decides=decides,
        )


def check(
    score: Float[np.ndarray, "person"], member: Bool[np.ndarray, "person"], delta: float, confidence: float
) -> None:
    """Raise on what no bound can be made of, with one message.

    Raises
    ------
    DataError
        On wrong shapes or types, different lengths, scores that are not finite, fewer than 20 members or non-members,
        or a delta or a confidence that is not between 0 and 1.
    """
    for name, array in (("score", score), ("member", member)):
        if array.ndim != 1:
            raise DataError(f"{name} has shape {array.shape}", expected="one value a person, shape (person,)")
    if member.dtype != np.bool_ or not (np.issubdtype(score.dtype, np.number) and np.isrealobj(score)):
        raise DataError(
            f"score is of type {score.dtype} and member of type {member.dtype}", expected="numbers, and true or false"
        )
    same_length(score=score, member=member)
    if bad := int(np.count_nonzero(~np.isfinite(score))):
        raise DataError(f"score has {bad} values that are NaN or infinite", expected="one finite number a person")
    members = int(member.sum())
    if min(members, len(member) - members) < FEWEST:
        raise DataError(
            f"{members} members and {len(member) - members} non-members",
            expected=f"at least {FEWEST} of each for a lower bound on epsilon",
        )
    between(delta=delta, confidence=confidence)
