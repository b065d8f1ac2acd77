"""What is done to the voxels of one volume: brought to a grid, standardised, measured. Knows no file."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy import ndimage, stats

from remembrain.cohort.grids import Grid
from remembrain.errors import DataError

STATISTICS = ("mean", "sd", "skewness", "quantile 25 %", "quantile 50 %", "quantile 75 %", "quantile 99 %", "zeros")
LEAST_OVERLAP = 0.5


def to_grid(
    volume: Float[np.ndarray, "i j k"], affine: Float[np.ndarray, "4 4"], grid: Grid
) -> Float[np.ndarray, "x y z"]:
    """Resample a RAS+ volume to a grid by its affine alone.

    Raises
    ------
    DataError
        Where less than half of what is brighter than the volume's mean falls into the grid.
    """
    if volume.shape == grid.shape and np.allclose(affine, grid.affine, atol=1e-3):
        return volume
    spacing = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    bright = np.argwhere(volume > volume.mean())
    places = bright @ affine[:3, :3].T + affine[:3, 3]
    index = (places - np.asarray(grid.origin)) / grid.spacing
    inside = ((index > -1) & (index < np.asarray(grid.shape))).all(axis=1).mean()
    if inside < LEAST_OVERLAP:
        raise DataError(
            f"lies outside the grid {grid.name} in MNI space ({inside:.0%} of the head is inside; is it registered?)"
        )
    grows = grid.spacing / spacing
    sigma = np.where(grows > 1.5, 0.42 * grows, 0.0)
    smooth = ndimage.gaussian_filter(volume, sigma) if sigma.any() else volume
    to_voxels = np.linalg.inv(affine) @ grid.affine
    onto = ndimage.affine_transform(
        smooth, to_voxels[:3, :3], to_voxels[:3, 3], output_shape=grid.shape, order=1, output=np.float32
    )
    return np.asarray(onto)


def standardise(volume: Float[np.ndarray, "x y z"]) -> Float[np.ndarray, "x y z"]:
    """Return (volume - mean) / SD over all voxels, cut to what float16 can hold."""
    spread = float(volume.std(dtype=np.float64))
    if spread == 0:
        raise DataError("is constant on the grid")
    return np.asarray(np.clip((volume - volume.mean(dtype=np.float64)) / spread, -1000.0, 1000.0))


def intensity_statistics(values: Float[np.ndarray, "..."]) -> tuple[float, ...]:
    """Return what the blind baseline sees of a raw scan, in the order of ``STATISTICS``; of voxels above 0.

    NaN counts as 0: it is what some programs write there.
    """
    known = values[np.isfinite(values)]
    inside = known[known > 0] if (known > 0).any() else known
    quantiles = np.quantile(inside, (0.25, 0.5, 0.75, 0.99))
    skewness = float(stats.skew(inside.astype(float))) if np.ptp(inside) > 0 else 0.0
    return (
        float(inside.mean(dtype=float)),
        float(inside.std(dtype=float)),
        skewness,
        *(float(value) for value in quantiles),
        float(((values == 0) | np.isnan(values)).mean()),
    )
