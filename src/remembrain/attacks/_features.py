"""Arrays of signals to one matrix of standardised features: what every learned attack starts with."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain._validate import finite, one_number_a_scan
from remembrain.types import Signals


def columns(signals: Signals, name: str) -> Float[np.ndarray, "scan feature"]:
    """Return one signal, flattened to a row of numbers a scan.

    Raises
    ------
    DataError
        Where a number of it is NaN or infinite.
    """
    array = np.asarray(signals[name])
    finite(array, f"the signal {name}")
    return array.reshape(len(array), math.prod(array.shape[1:]))


def numbers(signals: Signals, name: str) -> Float[np.ndarray, "scan"]:
    """Return a signal that is one number a scan, in double precision.

    Raises
    ------
    DataError
        Where it is of another shape, or a number of it is NaN or infinite.
    """
    array = np.asarray(signals[name], dtype=float)
    one_number_a_scan(array, f"the signal {name}")
    return array


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
        constant = scale <= 1e-12 * np.abs(mean)
        return cls(mean, np.where(constant, np.inf, scale))

    def __call__(self, matrix: Float[np.ndarray, "scan feature"]) -> Float[np.ndarray, "scan feature"]:
        """Return (matrix - mean) / scale, cut at 20 standard deviations so that one scan cannot dominate."""
        return np.asarray(np.clip((matrix - self.mean) / self.scale, -20.0, 20.0))
