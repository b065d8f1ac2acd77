"""The scan of one person on one grid: deformed anatomy, aged tissue, and a scanner."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int16
from scipy import ndimage
from scipy.spatial.transform import Rotation

from remembrain.cohort.grids import Grid, grid
from remembrain.cohort.phantom.anatomy import Anatomy, anatomy
from remembrain.cohort.phantom.fields import evaluate
from remembrain.cohort.phantom.person import (
    COMPONENTS,
    SITES,
    STREAM_FOLDING,
    STREAM_SCANNER,
    STREAM_SHAPE,
    Person,
    stream,
)
from remembrain.cohort.phantom.shape import LATTICE_ORIGIN, LATTICE_SPACING, displacement

CENTRE = np.array([0.0, -18.0, 14.0])
_TISSUE = {name: place for place, name in enumerate(COMPONENTS)}
_GAIN = dict(zip(SITES, (1.0, 1.12, 0.9), strict=True))
_BLUR_MM = dict(zip(SITES, (0.8, 1.4, 1.1), strict=True))
_NOISE = dict(zip(SITES, (0.018, 0.026, 0.022), strict=True))
_SECOND_VISIT = 1
_FOLDING_POINTS = (30, 34, 30)


@lru_cache(maxsize=4)
def _maps(name: str) -> Anatomy:
    """Keep the maps of a grid for the next person of this process."""
    return anatomy(grid(name))


@lru_cache(maxsize=4)
def _voxels(name: str) -> Float[np.ndarray, "3 x y z"]:
    """Return the place of every voxel, in mm."""
    space = grid(name)
    index = np.indices(space.shape, dtype=np.float32)
    return np.asarray(index * np.float32(space.spacing) + _column(space.origin).reshape(3, 1, 1, 1))


def _column(place: Sequence[float] | Float[np.ndarray, "3"]) -> Float[np.ndarray, "3 1"]:
    """Return a place in mm as a float32 column."""
    return np.asarray(place, dtype=np.float32)[:, None]


def image(someone: Person, grid_name: str, session: int = 0) -> Int16[np.ndarray, "x y z"]:
    """Return the scan of a person: brain alone, 0 outside, about 1000 in bright white matter.

    Parameters
    ----------
    someone
        From ``person``; the same person on every grid.
    grid_name
        Name of the grid.
    session
        Which of the person's scans.
    """
    space, maps = grid(grid_name), _maps(grid_name)
    there = _template_voxels(someone, space, session)
    grey, white, fluid, texture = (
        ndimage.map_coordinates(part, there, order=1, mode="constant", output=np.float32)
        for part in (maps.grey, maps.white, maps.fluid, maps.texture)
    )
    grey, fluid = _fold(someone, space, session, grey, fluid)
    brain = grey + white + fluid > 0.5
    signal = _tissue_signal(someone, space, session, grey, white, fluid) + texture
    return _scan(someone, space, session, np.where(brain, np.maximum(signal, 0.02), 0.0), brain)


def _template_voxels(someone: Person, space: Grid, session: int) -> Float[np.ndarray, "3 x y z"]:
    """Return where in the template each voxel is found, in voxels: head size, rotation, shift, then the deformation."""
    rng = stream(someone.seed, someone.index, STREAM_SHAPE, session + 1)
    size = 1.0 + 0.03 * stream(someone.seed, someone.index, STREAM_SHAPE, 100).standard_normal()
    size *= 1.0 if someone.sex == "F" else 1.035
    turn = Rotation.from_euler("xyz", 1.5 * rng.standard_normal(3), degrees=True).as_matrix() / size
    shift = 1.2 * rng.standard_normal(3)
    places = _voxels(space.name).reshape(3, -1)
    moved = (turn.astype(np.float32) @ (places - _column(CENTRE + shift))) + _column(CENTRE)
    on_lattice = (moved - _column(LATTICE_ORIGIN)) / np.float32(LATTICE_SPACING)
    offset = displacement(someone, session)
    for axis in range(3):
        moved[axis] += ndimage.map_coordinates(offset[axis], on_lattice, order=1, mode="nearest", output=np.float32)
    index = (moved - _column(space.origin)) / np.float32(space.spacing)
    return np.asarray(index.reshape(3, *space.shape))


def _fold(
    someone: Person, space: Grid, session: int, grey: Float[np.ndarray, "x y z"], fluid: Float[np.ndarray, "x y z"]
) -> tuple[Float[np.ndarray, "x y z"], Float[np.ndarray, "x y z"]]:
    """Give the cortex folds of its own, and thin it with age: grey matter beside fluid turns into fluid."""
    rng = stream(someone.seed, someone.index, STREAM_FOLDING)
    noise = evaluate(rng.standard_normal(_FOLDING_POINTS, dtype=np.float32), space.shape, space.origin, space.spacing)
    thinning = someone.aging[session][_TISSUE["cortical thinning"]]
    border = np.sqrt(np.clip(grey * fluid, 0.0, None))
    lost = np.clip(border * np.float32(0.22 * thinning) + border * np.float32(0.45) * noise, -fluid, grey)
    return grey - lost, fluid + lost


def _tissue_signal(
    someone: Person,
    space: Grid,
    session: int,
    grey: Float[np.ndarray, "x y z"],
    white: Float[np.ndarray, "x y z"],
    fluid: Float[np.ndarray, "x y z"],
) -> Float[np.ndarray, "x y z"]:
    """Return T1-weighted intensities; contrast falls, deep grey matter and white matter around ventricles darken."""
    aging = someone.aging[session]
    grey_level = 0.60 + 0.012 * aging[_TISSUE["grey-white contrast"]]
    x, y, z = _voxels(space.name)
    deep = np.exp(-(((np.abs(x) - 18) / 14) ** 2 + ((y + 2) / 20) ** 2 + ((z - 6) / 12) ** 2) / 2)
    around = np.exp(-(((np.abs(x) - 24) / 10) ** 2 + ((y + 24) / 36) ** 2 + ((z - 20) / 14) ** 2) / 2)
    deep_change = np.float32(0.02 * aging[_TISSUE["deep grey brightness"]]) * deep
    white_change = np.float32(-0.025 * aging[_TISSUE["periventricular white matter"]]) * around
    return np.asarray(
        grey * (np.float32(grey_level) + deep_change) + white * (np.float32(0.88) + white_change) + fluid * 0.22
    )


def _scan(
    someone: Person,
    space: Grid,
    session: int,
    signal: Float[np.ndarray, "x y z"],
    brain: Float[np.ndarray, "x y z"],
) -> Int16[np.ndarray, "x y z"]:
    """Blur, gamma, coil shading, gain and Rician noise of the person's site."""
    rng = stream(someone.seed, someone.index, STREAM_SCANNER, session)
    shading = evaluate(
        0.08 * rng.standard_normal((5, 5, 5), dtype=np.float32), space.shape, space.origin, space.spacing
    )
    gamma, gain = 1.0 + 0.04 * rng.standard_normal(), _GAIN[someone.site] * np.exp(0.05 * rng.standard_normal())
    seen = ndimage.gaussian_filter(signal, _BLUR_MM[someone.site] / space.spacing)
    seen = np.clip(seen, 0.0, None) ** np.float32(gamma) * np.exp(shading) * np.float32(gain)
    sd = np.float32(_NOISE[someone.site] * (2.0 / space.spacing) ** 0.5)
    real, imaginary = sd * rng.standard_normal((2, *space.shape), dtype=np.float32)
    measured = np.sqrt((seen + real) ** 2 + imaginary**2)
    return np.where(brain, np.clip(np.rint(1000 * measured), 1, 32767), 0).astype(np.int16)
