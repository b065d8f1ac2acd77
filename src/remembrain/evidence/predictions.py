"""What predictions look like that are not what a model gives out: of folds, rounded, corrected with the true label.

Predictions of members that were made without them are those of other models. An audit of them finds nothing, whatever
the released model remembers. This module must not know files.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import binomtest

from remembrain.evidence.errors_of_years import mean_absolute, mean_difference
from remembrain.types import Texts

STEPS = (1.0, 0.5, 0.1)
"""Steps to which predictions are rounded where that is told, in the unit of the label."""

FEWEST, FINEST, NARROW = 20, 1e-6, 0.05
"""People from which on a correction is told, the finest step that numbers are rounded to, and how much room rounding
may leave for a correlation to be 0, in standard errors of one."""

BEYOND_STATED = 1.25
"""By how much members' error may exceed the stated error of training."""

PEOPLE = {"member": "members", "nonmember": "non-members"}

EQUAL = 1e-9
"""Relative difference up to which two numbers are the same."""

MOST, CHANCE, CERTAIN = 0.5, 0.05, 1e-6
"""Share of members whose predictions are of models without them that proves it, if by chance (at least so often) it has
a smaller probability than the last."""


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


def made_without(
    predicted: Float[np.ndarray, "member"],
    reference: Float[np.ndarray, "member model"],
    inside: Bool[np.ndarray, "member model"],
) -> str:
    """Return how many members' predictions are those of models that were trained without them; nothing where few are.

    Numbers that are equal by rounding alone are as often those of models that were trained with the person.

    Parameters
    ----------
    predicted, reference
        Of members: what is said to be of the released model, and what others predicted.
    inside
        Whether the person was in the training of each of the others.
    """
    step = max(step_of(predicted), step_of(reference))
    without = _is_of(predicted, reference, ~inside, step)
    by_chance = float(_is_of(predicted, reference, inside, step).mean())
    times, members = int(without.sum()), len(predicted)
    if times < MOST * members:
        return ""
    if binomtest(times, members, min(max(by_chance, CHANCE), 1.0), alternative="greater").pvalue > CERTAIN:
        return ""
    return f"{times} of {members} members have exactly what was predicted by models trained without them"


def step_of(values: Float[np.ndarray, "*number"]) -> float:
    """Return the power of ten, up to 1, of which all values are multiples; 0 where they have more than six decimals."""
    there = values[np.isfinite(values)]
    steps = (10.0**-places for places in range(7))
    return next((step for step in steps if np.allclose(there / step, np.round(there / step), rtol=0, atol=1e-6)), 0.0)


def _is_of(
    predicted: Float[np.ndarray, "scan"],
    reference: Float[np.ndarray, "scan model"],
    chosen: Bool[np.ndarray, "scan model"],
    step: float,
) -> Bool[np.ndarray, "scan"]:
    """Tell which predictions are those of one of the chosen models, or their mean or median."""
    any_chosen = chosen.any(axis=1)
    theirs = np.where(chosen, reference, np.nan)[any_chosen]
    every = np.column_stack([theirs, np.nanmean(theirs, axis=1), np.nanmedian(theirs, axis=1)])
    off = np.abs(every - predicted[any_chosen, None])
    same = np.zeros(len(predicted), dtype=bool)
    same[any_chosen] = (off <= step / 2 + EQUAL * max(1.0, float(np.abs(predicted).max()))).any(axis=1)
    return same


def habits(predicted: Float[np.ndarray, "scan"], label: Float[np.ndarray, "scan"], role: Texts) -> list[str]:
    """Return what was done to predictions after the model gave them, as far as it shows, in words that name nobody.

    Parameters
    ----------
    predicted, label
        In the same unit.
    role
        Role of each scan: a correction may have been fitted to the people of one.
    """
    found = []
    step = next((step for step in STEPS if np.allclose(predicted / step, np.round(predicted / step), atol=1e-6)), None)
    if step is not None:
        found.append(f"predictions are multiples of {step:g}: what rounding hides of the model is hidden here as well")
    groups = {
        "everybody": np.ones(len(role), dtype=bool),
        **{PEOPLE.get(one, f"the people of {one}"): role == one for one in sorted({*role})},
    }
    of = next((name for name, group in groups.items() if looks_corrected(predicted[group], label[group])), "")
    if of:
        found.append(
            f"errors of {of} do not go with the true label at all, as after a correction that was fitted to them: who "
            "has predictions that were corrected with the true age has been given a part of it: those before are "
            "audited as well where they are there"
        )
    return found


def looks_corrected(predicted: Float[np.ndarray, "scan"], label: Float[np.ndarray, "scan"]) -> bool:
    """Tell whether errors are uncorrelated with the true label to the last digit, as by chance they never are.

    In the people whom a linear correction is fitted to (by regression of the error, or of the prediction, on age: Cole
    2018, de Lange 2020) they are so but for rounding, and their mean is 0. Residuals of a regression on anything else
    go with age. Where rounding leaves more room than chance needs, nothing is told.
    """
    error = predicted - label
    if len(error) < FEWEST or np.std(error) <= EQUAL * np.std(label) or np.std(label) == 0:
        return False
    scale = np.sqrt(len(error)) / np.std(error)
    slope = float(np.abs(np.mean(error * (label - label.mean()))) / np.std(label) * scale)
    level = float(np.abs(error.mean()) * scale)
    for step in (step_of(predicted), max(step_of(predicted), step_of(label))):
        room = 3 * max(step, FINEST) / np.sqrt(12) / np.std(error)  # three standard errors of what rounding adds
        if slope <= room and (room < NARROW or level <= room < 2 * NARROW):
            return True
    return False
