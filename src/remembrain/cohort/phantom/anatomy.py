"""Tissue maps of the ICBM152 2009a template, which nilearn carries, brought to a grid once and kept in the cache."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from remembrain.cohort.grids import Grid
from remembrain.run import Key
from remembrain.run.kept import keep_array

RECIPE = 1
"""Raised whenever the maps change, so that old ones in the cache are left alone."""


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Shares of tissue in each voxel, 0..1, and what is left of the template's T1 when their means are taken out."""

    grey: Float[np.ndarray, "x y z"]
    white: Float[np.ndarray, "x y z"]
    fluid: Float[np.ndarray, "x y z"]
    texture: Float[np.ndarray, "x y z"]


def cache_folder() -> Path:
    """Return the folder for what can be made again: $REMEMBRAIN_CACHE, or ~/.cache/remembrain."""
    return Path(os.environ.get("REMEMBRAIN_CACHE") or Path.home() / ".cache" / "remembrain")


def anatomy(grid: Grid) -> Anatomy:
    """Return the maps on a grid, from the cache where they are there."""
    key = Key.of(template="icbm152", shape=grid.shape, affine=grid.affine, recipe=RECIPE)
    return Anatomy(*keep_array(cache_folder() / "anatomy", key, lambda: _make(grid)))


def _make(grid: Grid) -> Float[np.ndarray, "map x y z"]:
    """Resample the template's maps with smoothing that fits the grid, and split what is neither grey nor white."""
    from nilearn import datasets  # here, because it takes two seconds, and the maps are made once

    template = datasets.load_mni152_template(resolution=1)
    t1 = np.asarray(template.dataobj, dtype=np.float32)
    t1 /= t1.max()
    grey = np.asarray(datasets.load_mni152_gm_template(resolution=1).dataobj, dtype=np.float32)
    white = np.asarray(datasets.load_mni152_wm_template(resolution=1).dataobj, dtype=np.float32)
    mask = ndimage.binary_fill_holes(ndimage.binary_closing(t1 > 0.05, iterations=2)).astype(np.float32)
    grey, white = grey * mask, white * mask
    fluid = np.clip(mask - grey - white, 0.0, 1.0)
    tissue = np.stack([grey, white, fluid]).reshape(3, -1)[:, mask.ravel() > 0]
    means = np.linalg.lstsq(tissue.T, t1[mask > 0], rcond=None)[0]
    texture = (t1 - means[0] * grey - means[1] * white - means[2] * fluid) * mask
    to_template = np.linalg.inv(np.asarray(template.affine)) @ grid.affine
    return np.stack([_onto(part, to_template, grid) for part in (grey, white, fluid, texture)])


def _onto(part: Float[np.ndarray, "i j k"], to_template: Float[np.ndarray, "4 4"], grid: Grid) -> np.ndarray:
    """Bring one 1 mm map to the grid, smoothed to half a voxel first."""
    smooth = ndimage.gaussian_filter(part, 0.42 * max(grid.spacing - 1.0, 0.0))
    onto = ndimage.affine_transform(
        smooth, to_template[:3, :3], to_template[:3, 3], output_shape=grid.shape, order=1, output=np.float32
    )
    return np.asarray(onto)
