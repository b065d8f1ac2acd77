"""Logistic regression on what a black box says: prediction, label, error, and their products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import Standardiser, numbers
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class LogisticOnOutputs:
    """Logistic regression on prediction, label, error, abs(error) and the squares and products of the first three.

    Products let the decision depend on age: a small error means more where the target is usually wrong.
    """

    name: str = "logistic"
    title: str = "Logistic regression on prediction, label and error"
    access: Access = "outputs"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("prediction", "label", "error")
    paper: str = "Shokri et al. 2017, IEEE S&P (arXiv 1610.05820), with a linear attack model"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-odds of membership of the unknown scans."""
        centre = float(numbers(known.signals, "label").mean())
        return fit_logistic(_products(known.signals, centre), known, _products(unknown, centre))


def fit_logistic(
    known_features: Float[np.ndarray, "known feature"], known: Known, features: Float[np.ndarray, "scan feature"]
) -> Float[np.ndarray, "scan"]:
    """Fit on the known scans with both classes weighing the same, and return log-odds for the others."""
    from sklearn.linear_model import LogisticRegression

    scale = Standardiser.fit(known_features)
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=2000)
    model.fit(scale(known_features), known.member)
    return np.asarray(model.decision_function(scale(features)), dtype=float)


def _products(signals: Signals, centre: float) -> Float[np.ndarray, "scan 10"]:
    """Return three numbers, abs(error), and six products of the three, label and prediction around ``centre``."""
    prediction, label, error = (numbers(signals, name) for name in ("prediction", "label", "error"))
    prediction, label, size = prediction - centre, label - centre, np.abs(error)
    products = (prediction * label, error * label, size * label, error**2, label**2, prediction**2)
    return np.column_stack((prediction, label, error, size, *products))
