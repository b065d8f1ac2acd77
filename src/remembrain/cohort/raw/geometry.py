"""What an affine does and how two masks lie on each other; arrays alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain.cohort.grids import Grid

Matrix = Float[np.ndarray, "4 4"]


@dataclass(frozen=True)
class Parts:
    """Nine degrees of freedom in words: the angle turned by (degrees), the way moved (mm), the size of each axis."""

    turned: float
    moved: float
    scales: tuple[float, float, float]


def parts_of(matrix: Matrix, centre: Float[np.ndarray, "3"]) -> Parts:
    """Return what an affine of rotation and scales does to places around a centre.

    Parameters
    ----------
    matrix
        Millimetres to millimetres: scales along the axes of where it comes from, then a rotation, then a shift.
    centre
        The place whose way is told.
    """
    linear = matrix[:3, :3]
    scales = np.linalg.norm(linear, axis=0)
    cosine = (np.trace(linear / scales) - 1) / 2
    moved = linear @ centre + matrix[:3, 3] - centre
    angle = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    return Parts(angle, float(np.linalg.norm(moved)), (float(scales[0]), float(scales[1]), float(scales[2])))


def dice(one: Bool[np.ndarray, "..."], other: Bool[np.ndarray, "..."]) -> float:
    """Return how far two masks are the same: twice what is in both over what is in each; 0 where both are empty."""
    both = int(np.count_nonzero(one & other))
    return 2 * both / max(int(np.count_nonzero(one)) + int(np.count_nonzero(other)), 1)


def likeness(one: Float[np.ndarray, "..."], other: Float[np.ndarray, "..."]) -> float:
    """Return the correlation of two images; 0 where one of them is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def volume_of(mask: Bool[np.ndarray, "..."], affine: Matrix) -> float:
    """Return the volume of a mask in millilitres."""
    return float(np.count_nonzero(mask) * abs(np.linalg.det(affine[:3, :3])) / 1000)


def centre_of(mask: Bool[np.ndarray, "i j k"], affine: Matrix) -> Float[np.ndarray, "3"]:
    """Return the middle of a mask in millimetres."""
    return np.asarray(affine[:3, :3] @ np.argwhere(mask).mean(axis=0) + affine[:3, 3])


def covering(shape: tuple[int, ...], affine: Matrix, spacing: float) -> Grid:
    """Return the smallest grid along the axes in millimetres that covers a volume, however it is turned."""
    corners = np.array(list(np.ndindex(2, 2, 2))) * [side - 1 for side in shape]
    places = corners @ affine[:3, :3].T + affine[:3, 3]
    low, high = places.min(axis=0), places.max(axis=0)
    sides = np.ceil((high - low) / spacing).astype(int) + 1
    return Grid("around a scan", (int(sides[0]), int(sides[1]), int(sides[2])), spacing, tuple(map(float, low)))  # type: ignore[arg-type]


def spacing_of(affine: Matrix) -> Float[np.ndarray, "3"]:
    """Return the sides of a voxel in millimetres."""
    return np.asarray(np.linalg.norm(affine[:3, :3], axis=0))
