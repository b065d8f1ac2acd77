"""Smooth fields defined in millimetres by a few control points, so that they are the same on every grid."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.interpolate import BSpline

BOX = ((-104.0, 104.0), (-140.0, 102.0), (-88.0, 122.0))
"""What every grid lies in, mm."""


@lru_cache(maxsize=64)
def cubic_basis(axis: int, points: int, count: int, first: float, spacing: float) -> Float[np.ndarray, "voxel point"]:
    """Return the uniform cubic B-spline basis of ``points`` control points along one axis, at ``count`` places."""
    low, high = BOX[axis]
    step = (high - low) / (points - 3)
    knots = low + step * np.arange(-3, points + 1)
    places = np.clip(first + spacing * np.arange(count), low, high - 1e-9)
    return np.asarray(BSpline.design_matrix(places, knots, 3).toarray(), dtype=np.float32)


def evaluate(
    control: Float[np.ndarray, "a b c"],
    shape: tuple[int, int, int],
    origin: tuple[float, float, float],
    spacing: float,
) -> Float[np.ndarray, "x y z"]:
    """Evaluate a tensor-product cubic spline on a grid of voxels."""
    for axis in range(3):
        basis = cubic_basis(axis, control.shape[axis], shape[axis], origin[axis], spacing)
        control = np.moveaxis(np.tensordot(basis, control, axes=(1, axis)), 0, axis)
    return control
