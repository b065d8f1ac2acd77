"""How recognisable members become while the target trains: the AUC of -abs(error) after every epoch.

No attack is trained: the smaller the error, the more a member. This module must not know networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain._validate import finite
from remembrain.errors import DataError
from remembrain.evidence.assess import Json
from remembrain.evidence.metrics import auc_of_draws
from remembrain.evidence.people import join
from remembrain.evidence.resample import share_interval, weights
from remembrain.types import Scores, Texts


@dataclass(frozen=True, eq=False)
class EpochCurve:
    """AUC of -abs(error) after each epoch, with its interval at each epoch by itself."""

    value: Float[np.ndarray, "epoch"]
    low: Float[np.ndarray, "epoch"]
    high: Float[np.ndarray, "epoch"]

    def to_json(self) -> Json:
        """Return lists of numbers by name."""
        return {"value": self.value.tolist(), "low": self.low.tolist(), "high": self.high.tolist()}


def auc_by_epoch(
    errors: Float[np.ndarray, "epoch scan"],
    member: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    rng: np.random.Generator,
    *,
    confidence: float = 0.95,
    draws: int = 300,
) -> EpochCurve:
    """Return the curve.

    Parameters
    ----------
    errors
        Predicted less true age of each scan after each epoch, in years.
    member
        Which scans were trained on.
    participant_id
        Whose scan it is.
    rng
        Source of the bootstrap draws, which all epochs share.
    confidence
        Of each interval.
    draws
        Bootstrap draws of people.

    Raises
    ------
    DataError
        Where shapes differ, an error is not finite, a person stands in both groups, or a group is empty.
    """
    if errors.ndim != 2 or not len(errors):
        raise DataError(f"errors have shape {errors.shape}", expected="(epoch, scan), at least one epoch")
    finite(errors, "errors by epoch")
    scan = np.arange(errors.shape[1]).astype(str)
    people = join([Scores("error by epoch", 0, participant_id, scan, member, -np.abs(errors[0]))])
    repeat = people.repeats[0]
    n_people = min(people.count(member=True), people.count(member=False))
    if n_people < 2:
        raise DataError("one person in a group", where="errors by epoch", expected="at least 2 members and 2 others")
    unweighted = np.ones((1, len(scan)))
    value = np.array([auc_of_draws(member, -np.abs(error), unweighted)[0] for error in errors])
    drawn = [
        [auc_of_draws(member, -np.abs(error), weight[:, repeat.person]) for error in errors]
        for weight in weights(people.is_member, rng, draws)
    ]
    spread = np.std(np.concatenate(drawn, axis=1), axis=1, ddof=1)
    ends = [share_interval(auc, s, n_people, confidence) for auc, s in zip(value, spread, strict=True)]
    low, high = np.array(ends).T
    return EpochCurve(value, low, high)
