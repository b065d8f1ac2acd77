"""How large errors are, as a smooth function of what is known of a scan: a Gaussian whose log-spread is linear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

RIDGE = 1e-2


@dataclass(frozen=True, eq=False)
class LogScale:
    """log of the standard deviation = features @ weights, the first feature being 1."""

    weights: Float[np.ndarray, "feature"]

    def of(self, features: Float[np.ndarray, "scan feature"]) -> Float[np.ndarray, "scan"]:
        """Return the standard deviations."""
        return np.asarray(np.exp(np.clip(_with_one(features) @ self.weights, -12, 12)))


def fit_log_scale(features: Float[np.ndarray, "scan feature"], error: Float[np.ndarray, "scan"]) -> LogScale:
    """Fit by maximum likelihood with a small ridge on all but the constant; features should be standardised."""
    from scipy import optimize

    design = _with_one(features)
    start = np.zeros(design.shape[1])
    start[0] = 0.5 * np.log(np.mean(error**2) + 1e-12)
    penalised = np.r_[0.0, np.full(design.shape[1] - 1, RIDGE)]

    def loss(weights: Float[np.ndarray, "feature"]) -> tuple[float, Float[np.ndarray, "feature"]]:
        logs = np.clip(design @ weights, -12, 12)
        squares = error**2 * np.exp(-2 * logs)
        value = float(np.mean(logs + 0.5 * squares) + 0.5 * penalised @ weights**2)
        slope = design.T @ (1 - squares) / len(error) + penalised * weights
        return value, slope

    return LogScale(optimize.minimize(loss, start, jac=True, method="L-BFGS-B").x)


def _with_one(features: Float[np.ndarray, "scan feature"]) -> Float[np.ndarray, "scan more"]:
    """Put a column of ones before the features."""
    return np.column_stack([np.ones(len(features)), features])
