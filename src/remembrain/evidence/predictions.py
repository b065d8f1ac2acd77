"""What predictions look like that are not what a model gives out: of folds, rounded, corrected with the true label.

Predictions of members that were made without them are those of other models. An audit of them finds nothing, whatever
the released model remembers. This module must not know files.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from remembrain.evidence.errors_of_years import mean_absolute, mean_difference
from remembrain.types import Texts

STEPS = (1.0, 0.5, 0.1)
"""Steps to which predictions are rounded where that is told, in the unit of the label."""

UNCORRELATED = 0.05
"""Correlation of errors with the true label below which they are said to look corrected with it."""

BEYOND_STATED = 1.25
"""By how much members' error may exceed the stated error of training."""


def out_of_fold(
    predicted: Float[np.ndarray, "scan"],
    label: Float[np.ndarray, "scan"],
    member: Bool[np.ndarray, "scan"],
    participant_id: Texts,
    *,
    folds: bool = False,
    stated: float | None = None,
) -> str:
    """Return why predictions of members may have been made without them; nothing where nothing speaks for it.

    Parameters
    ----------
    predicted, label
        In the same unit.
    member, participant_id
        Who was trained on, and whose each scan is.
    folds
        Whether the rows are told to be of folds of a cross-validation.
    stated
        Mean absolute error of the model on those it was trained on, where it is stated.
    """
    error = predicted - label
    ours = mean_absolute(error[member], participant_id[member])
    gap = mean_difference(
        (error[~member], error[member]), (participant_id[~member], participant_id[member])
    )  # others less members
    words = f"members' mean absolute error is {ours.value:.2f} ({ours.low:.2f} to {ours.high:.2f})"
    if stated is not None and ours.low > BEYOND_STATED * stated:
        return f"{words}, where {stated:.2f} is stated of training"
    if folds and gap.low <= 0:
        return f"{words}, no less than that of others for certain, and a column tells folds of a cross-validation"
    return ""


def habits(predicted: Float[np.ndarray, "scan"], label: Float[np.ndarray, "scan"]) -> list[str]:
    """Return what was done to predictions after the model gave them, as far as it shows, in words that name nobody."""
    found = []
    step = next((step for step in STEPS if np.allclose(predicted / step, np.round(predicted / step), atol=1e-6)), None)
    if step is not None:
        found.append(f"predictions are multiples of {step:g}: what rounding hides of the model is hidden here as well")
    error = predicted - label
    if np.std(error) > 0 and np.std(label) > 0 and abs(np.corrcoef(error, label)[0, 1]) < UNCORRELATED:
        found.append(
            "errors do not go with the true label, as they do not after a correction with it: who has predictions "
            "that were corrected with the true age has been given a part of it: those before are audited as well where "
            "they are there"
        )
    return found
