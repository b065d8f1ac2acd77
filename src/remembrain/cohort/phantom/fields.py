"""Smooth fields defined in millimetres by a few control points, so that they are the same on every grid; and what lies
between the points of a grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def interpolate(
    fields: Iterable[Float[np.ndarray, "a b c"]], index: Float[np.ndarray, "3 place"]
) -> list[Float[np.ndarray, "place"]]:
    """Read fields of one shape between their points by straight lines along each axis; outside, at the edge.

    Several at once, because places and shares are the same for all: half the time of ``scipy.ndimage``.
    """
    fields = list(fields)
    shape = fields[0].shape
    strides = (shape[1] * shape[2], shape[2], 1)
    first, shares = np.zeros(index.shape[1], dtype=np.intp), []
    for axis, places in enumerate(index):
        inside = np.clip(places, 0, shape[axis] - 1)
        below = np.minimum(inside.astype(np.intp), shape[axis] - 2)
        shares.append((inside - below).astype(np.float32))
        first += below * strides[axis]

    def between(values: Float[np.ndarray, "point"], axis: int) -> Float[np.ndarray, "place"]:
        """Return the values between the two neighbours along this axis, each between its own along the next."""
        if axis == len(shares):
            return np.asarray(values.take(first))
        low, high = between(values, axis + 1), between(values[strides[axis] :], axis + 1)
        high -= low
        high *= shares[axis]
        high += low
        return high

    return [between(field.ravel(), 0) for field in fields]


def refine(
    field: Float[np.ndarray, "a b c"], places: Sequence[Float[np.ndarray, "voxel"]]
) -> Float[np.ndarray, "x y z"]:
    """Read a field on a grid of voxels, ``places`` along each axis counted in its points, by straight lines."""
    for axis, along in enumerate(places):
        points = np.arange(field.shape[axis], dtype=np.float32)
        basis = np.clip(1 - np.abs(along[:, None] - points), 0, None).astype(np.float32)
        field = np.moveaxis(np.tensordot(basis, field, axes=(1, axis)), 0, axis)
    return field
