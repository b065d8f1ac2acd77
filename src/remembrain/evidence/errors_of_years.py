"""How well the target predicts: mean absolute errors in years, with intervals over people.

This module must not know networks; errors come in as predicted less true age, a number a scan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from remembrain._validate import finite, one_number_a_scan, same_length
from remembrain.errors import DataError
from remembrain.evidence.influence import of_mean
from remembrain.record.numbers import Number
from remembrain.types import Texts


@dataclass(frozen=True)
class Years:
    """A number of years (or of the label's unit) with its interval; ``n_people`` of the smaller group."""

    value: float
    low: float
    high: float
    n_people: int
    confidence: float = 0.95

    def number(self) -> Number:
        """Return value and interval."""
        return Number(value=self.value, low=self.low, high=self.high)


def mean_absolute(
    errors: Float[np.ndarray, "scan"],
    participant_id: Texts,
    *,
    confidence: float = 0.95,
) -> Years:
    """Return the mean absolute error over scans.

    Parameters
    ----------
    errors
        Predicted less true age of each scan, in years.
    participant_id
        Whose scan it is.
    confidence
        Of the interval value x exp(+- t s / value), which stays above 0; s is the standard error.

    Raises
    ------
    DataError
        Where shapes differ, an error is not finite, or there are fewer than two people.
    """
    value, spread, n_people = _mean_of(errors, participant_id)
    reach = stats.t.ppf((1 + confidence) / 2, n_people - 1) * spread / value if value > 0 else 0.0
    return Years(value, value * float(np.exp(-reach)), value * float(np.exp(reach)), n_people, confidence)


def mean_difference(
    errors: tuple[Float[np.ndarray, "scan"], Float[np.ndarray, "other"]],
    participant_id: tuple[Texts, Texts],
    *,
    confidence: float = 0.95,
) -> Years:
    """Return the mean absolute error of the first group less that of the second, with its interval.

    For non-members first and members second this is the generalisation gap. The groups are different people.
    Parameters and errors as in :func:`mean_absolute`, one of each group; the interval is value +- t s.
    """
    shared = set(map(str, participant_id[0])) & set(map(str, participant_id[1]))
    if shared:
        raise DataError("stands in both groups", where=min(shared), expected="different people")
    first, second = (_mean_of(*group) for group in zip(errors, participant_id, strict=True))
    value, n_people = first[0] - second[0], min(first[2], second[2])
    spread = float(np.hypot(first[1], second[1]))
    reach = float(stats.t.ppf((1 + confidence) / 2, n_people - 1)) * spread
    return Years(value, value - reach, value + reach, n_people, confidence)


def of_mean_predictor(
    trained_age: Float[np.ndarray, "member"],
    age: Float[np.ndarray, "scan"],
    participant_id: Texts,
    *,
    confidence: float = 0.95,
) -> Years:
    """Return the mean absolute error of always predicting the mean age of those trained on.

    Parameters
    ----------
    trained_age
        Ages of the training scans, in years.
    age, participant_id
        The scans to predict.
    confidence
        As in :func:`mean_absolute`.
    """
    one_number_a_scan(trained_age, "ages of the training scans")
    if not len(trained_age):
        raise DataError("no training scans to take the mean age of", expected="at least one")
    return mean_absolute(trained_age.mean() - age, participant_id, confidence=confidence)


def _mean_of(errors: Float[np.ndarray, "scan"], participant_id: Texts) -> tuple[float, float, int]:
    """Return the mean absolute error, its standard error over people, and how many people there are."""
    one_number_a_scan(errors, "errors")
    finite(errors, "errors")
    same_length(errors=errors, participant_id=participant_id)
    people, person = np.unique(np.asarray(participant_id, dtype=str), return_inverse=True)
    if len(people) < 2:
        raise DataError(f"errors of {len(people)} people", expected="at least 2")
    value, influence = of_mean(np.abs(errors), person)
    return value, float(np.linalg.norm(influence)), len(people)
