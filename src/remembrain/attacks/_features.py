"""Arrays of signals to one matrix of standardised features: what every learned attack starts with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.types import Array


def columns(array: Array) -> Float[np.ndarray, "scan feature"]:
    """Flatten one signal to a row of numbers a scan."""
    return np.asarray(array).reshape(len(array), -1)


@dataclass(frozen=True, eq=False)
class Standardiser:
    """Centre and scale fitted on one set of scans, applied to others; what was constant there becomes 0."""

    mean: Float[np.ndarray, "feature"]
    scale: Float[np.ndarray, "feature"]

    @classmethod
    def fit(cls, matrix: Float[np.ndarray, "scan feature"]) -> Standardiser:
        """Learn the mean and the standard deviation of each column."""
        mean = matrix.mean(axis=0, dtype=float)
        scale = matrix.std(axis=0, dtype=float)
        constant = scale <= 1e-12 * np.maximum(1.0, np.abs(mean))
        return cls(mean, np.where(constant, np.inf, scale))

    def __call__(self, matrix: Float[np.ndarray, "scan feature"]) -> Float[np.ndarray, "scan feature"]:
        """Return (matrix - mean) / scale, cut at 20 standard deviations so that one scan cannot dominate."""
        return np.asarray(np.clip((matrix - self.mean) / self.scale, -20.0, 20.0))
