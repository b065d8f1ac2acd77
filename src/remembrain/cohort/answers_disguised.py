"""Whether a column is predictions of the same scans in disguise: of the same quantity, as large, going with the others.

A standard deviation, a bound or the probability of a diagnosis says something else, and is no answer that an attack may
hold against the prediction. Knows no file.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from scipy.stats import spearmanr

FEWEST_ROWS = 20
COVERED = 0.5
"""Share of people whose truth lies between two columns, one above and one below all predictions, if they are bounds."""

RELATED = 0.3
"""Rank correlation that disguises have with predictions which have it with the truth."""


def no_disguises(
    columns: Mapping[str, Float[np.ndarray, "scan"]],
    predicted: Float[np.ndarray, "scan"],
    label: Float[np.ndarray, "scan"],
) -> dict[str, str]:
    """Return the columns that are no predictions of the same quantity, each with what speaks against it.

    Parameters
    ----------
    columns
        The columns by name, NaN where there is no number.
    predicted
        What is predicted of the scans as they are.
    label
        The truth.
    """
    told = {name: why for name, values in columns.items() if (why := _why_none(values, predicted, label))}
    sides = {name: side for name, values in columns.items() if name not in told and (side := _side(values, predicted))}
    below, above = ([columns[name] for name, side in sides.items() if side == one] for one in (-1, 1))
    if below and above:
        within = (np.min(below, axis=0) <= label) & (label <= np.max(above, axis=0))
        told |= dict.fromkeys(sides, "bounds of the predictions") if within.mean() >= COVERED else {}
    return told


def _why_none(
    values: Float[np.ndarray, "scan"], predicted: Float[np.ndarray, "scan"], label: Float[np.ndarray, "scan"]
) -> str:
    """Return why a column is of another quantity; nothing where it may be of the same."""
    known = np.isfinite(predicted)
    there = known & np.isfinite(values)
    if 2 * there.sum() < known.sum():
        return "no numbers"
    values, predicted, label = values[there], predicted[there], label[there]
    if len(values) and np.median(np.abs(values - predicted)) > max(predicted.std(), label.std()):
        return "of another size"
    if len(values) < FEWEST_ROWS or not _related(predicted, label):
        return ""
    return "" if _related(values, predicted) else "not going with the predictions"


def _related(one: Float[np.ndarray, "scan"], other: Float[np.ndarray, "scan"]) -> bool:
    """Tell whether two columns go with each other."""
    return min(np.ptp(one), np.ptp(other)) > 0 and float(spearmanr(one, other).statistic) > RELATED


def _side(values: Float[np.ndarray, "scan"], predicted: Float[np.ndarray, "scan"]) -> int:
    """Return -1 where a column is below the predictions of everybody, 1 where it is above, 0 otherwise."""
    off = (values - predicted)[np.isfinite(values) & np.isfinite(predicted)]
    if len(off) < FEWEST_ROWS or off.min() <= 0 <= off.max():
        return 0
    return int(np.sign(off[0]))
