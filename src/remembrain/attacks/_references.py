"""What reference models say of each scan: errors of models that were trained with the person, and without.

Every attack with reference models starts here. Errors are signed, in the unit of the label; ``query`` is a way in which
the scan was shown (as it is, flipped, shifted, brighter). This module must not know a model, nor who anybody is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain.errors import DataError
from remembrain.types import Signals

NEEDS = "references"


@dataclass(frozen=True, eq=False)
class Seen:
    """Errors of the target and of every reference model, and which of these were trained with the person."""

    target: Float[np.ndarray, "scan query"]
    error: Float[np.ndarray, "scan model query"]
    inside: Bool[np.ndarray, "scan model"]
    label: Float[np.ndarray, "scan"]

    @classmethod
    def of(cls, signals: Signals, *, degree: int = 2) -> Seen:
        """Return what the signals ``references/...`` hold, with every model brought to the level of all.

        Trainings differ in how they err on everybody: one predicts half a year too old, another flattens ages more.
        That moves all errors of a model together and says nothing of any person, so each model's error, and the
        target's, is freed of the polynomial in the label by which it differs from the mean model. Where halves are
        balanced, this takes away nothing of what membership does.

        Parameters
        ----------
        signals
            Of the scans.
        degree
            Of that polynomial; 0 takes means alone, for who does not have the labels.

        Raises
        ------
        DataError
            Where somebody is in all of the models: none says what they say without the person.
        """
        error = np.asarray(signals["references/error"], dtype=float)
        inside = np.asarray(signals["references/inside"], dtype=bool)
        target = np.asarray(signals["references/target"], dtype=float)
        if inside.all(axis=1).any():
            raise DataError("somebody is in all of the reference models", expected="each in half of them")
        label = np.asarray(signals["label"], dtype=float)
        level = _differences(np.concatenate([target[:, None], error], axis=1), label, degree)
        return cls(target - level[:, 0], error - level[:, 1:], inside, label)

    def over_queries(self) -> Seen:
        """Return the mean error over queries, which are far from independent, in place of each."""
        return Seen(
            self.target.mean(axis=1, keepdims=True), self.error.mean(axis=2, keepdims=True), self.inside, self.label
        )

    def side(self, *, inside: bool) -> Side:
        """Return the errors of the models with the person, or of those without.

        Raises
        ------
        DataError
            Where somebody is in none of the models, and those with the person are asked for.
        """
        if inside and not self.inside.any(axis=1).all():
            raise DataError("somebody is in none of the reference models", expected="each in half of them")
        mask = (self.inside == inside)[:, :, None]
        count = mask.sum(axis=1).astype(float)
        mean = (self.error * mask).sum(axis=1) / count
        squares = (np.square(self.error - mean[:, None, :]) * mask).sum(axis=1)
        return Side(count, mean, squares)


def _differences(
    error: Float[np.ndarray, "scan model query"], label: Float[np.ndarray, "scan"], degree: int
) -> Float[np.ndarray, "scan model query"]:
    """Return by how much each model errs otherwise than the mean model, as a polynomial in the label."""
    scaled = (label - label.mean()) / (label.std() or 1.0)
    design = np.column_stack([scaled**power for power in range(degree + 1)])
    flat = error.reshape(len(error), -1)
    weights = np.linalg.lstsq(design, flat, rcond=None)[0].reshape(degree + 1, *error.shape[1:])
    return np.asarray(np.einsum("sd,dmq->smq", design, weights - weights.mean(axis=1, keepdims=True)))


@dataclass(frozen=True, eq=False)
class Side:
    """Number, mean and sum of squared deviations of the errors of one kind of models, for every scan and query."""

    count: Float[np.ndarray, "scan 1"]
    mean: Float[np.ndarray, "scan query"]
    squares: Float[np.ndarray, "scan query"]

    def pooled_variance(self) -> Float[np.ndarray, "query"]:
        """Return the variance of a model's error around the person's mean, pooled over people.

        With one model a person nothing shows it; the spread of people's errors around their common mean, which is
        larger, stands in.
        """
        freedom = float((self.count - 1).sum())
        if freedom > 0:
            return np.asarray(np.maximum(self.squares.sum(axis=0) / freedom, 1e-12))
        return np.asarray(np.maximum(self.mean.var(axis=0), 1e-12))

    def own_variance(self) -> Float[np.ndarray, "scan query"]:
        """Return each person's own variance; the pooled one where a person has fewer than two models."""
        pooled = np.broadcast_to(self.pooled_variance(), self.mean.shape)
        own = self.squares / np.maximum(self.count - 1, 1)
        return np.asarray(np.maximum(np.where(self.count > 1, own, pooled), 1e-3 * pooled))


def over_queries(ratio: Float[np.ndarray, "scan query"]) -> Float[np.ndarray, "scan"]:
    """Return one score a scan from the log-ratio of each query: their mean, as they are far from independent."""
    return np.asarray(ratio.mean(axis=1))
