"""How recognisable members become while the target trains: the AUC of -abs(error) after every epoch.

No attack is trained: the smaller the error, the more a member. This module must not know networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain._validate import finite
from remembrain.errors import DataError
from remembrain.evidence.influence import of_people, share_interval
from remembrain.evidence.metrics import auc_parts
from remembrain.evidence.people import join
from remembrain.record.numbers import Number
from remembrain.types import Scores, Texts


@dataclass(frozen=True, eq=False)
class EpochCurve:
    """AUC of -abs(error) after each epoch, with its interval at each epoch by itself."""

    value: Float[np.ndarray, "epoch"]
    low: Float[np.ndarray, "epoch"]
    high: Float[np.ndarray, "epoch"]

    def at(self, epoch: int) -> Number:
        """Return the AUC after one epoch, counted from 0, with its interval."""
        return Number(value=float(self.value[epoch]), low=float(self.low[epoch]), high=float(self.high[epoch]))


def auc_by_epoch(
    errors: Float[np.ndarray, "epoch scan"],
    member: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    *,
    confidence: float = 0.95,
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
    confidence
        Of each interval.

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
    parts = [auc_parts(member, -np.abs(error)) for error in errors]
    value = np.array([auc for auc, _ in parts])
    spread = [np.linalg.norm(of_people(repeat, by_scan, len(people.is_member))) for _, by_scan in parts]
    ends = [share_interval(auc, float(s), n_people, confidence) for auc, s in zip(value, spread, strict=True)]
    low, high = np.array(ends).T
    return EpochCurve(value, low, high)
