"""The scan of one person on one grid: deformed anatomy, aged tissue, and a scanner.

What is outside the brain is 0 whatever it would have been, so all but the deformation is worked out in the brain alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float, Int, Int16
from scipy import ndimage
from scipy.spatial.transform import Rotation

from remembrain.cohort.grids import Grid, grid
from remembrain.cohort.phantom.anatomy import Anatomy, anatomy
from remembrain.cohort.phantom.fields import evaluate, interpolate, refine
from remembrain.cohort.phantom.person import (
    COMPONENTS,
    SITES,
    STREAM_FOLDING,
    STREAM_SCANNER,
    STREAM_SHAPE,
    Person,
    stream,
)
from remembrain.cohort.phantom.shape import LATTICE_ORIGIN, LATTICE_SHAPE, LATTICE_SPACING, displacement

CENTRE = np.array([0.0, -18.0, 14.0])
_TISSUE = {name: place for place, name in enumerate(COMPONENTS)}
_GAIN = dict(zip(SITES, (1.0, 1.12, 0.9), strict=True))
_BLUR_MM = dict(zip(SITES, (0.8, 1.4, 1.1), strict=True))
_NOISE = dict(zip(SITES, (0.018, 0.026, 0.022), strict=True))
_FOLDING_POINTS = (30, 34, 30)


@dataclass(frozen=True, eq=False)
class _Tissue:
    """Shares of tissue and the template's texture at the voxels of one brain; ``places`` counts voxels of the grid."""

    places: Int[np.ndarray, "voxel"]
    grey: Float[np.ndarray, "voxel"]
    white: Float[np.ndarray, "voxel"]
    fluid: Float[np.ndarray, "voxel"]
    texture: Float[np.ndarray, "voxel"]


@lru_cache(maxsize=4)
def _maps(name: str) -> tuple[Anatomy, Bool[np.ndarray, "x y z"]]:
    """Keep the maps of a grid for the next person of this process, and between which points there is any tissue."""
    maps = anatomy(grid(name))
    return maps, ndimage.maximum_filter(maps.grey + maps.white + maps.fluid > 0, size=2, origin=-1)


@lru_cache(maxsize=4)
def _depths(name: str) -> tuple[Float[np.ndarray, "place"], Float[np.ndarray, "place"]]:
    """Return how far each voxel belongs to deep grey matter, and to white matter around the ventricles."""
    space = grid(name)
    index = np.indices(space.shape, dtype=np.float32).reshape(3, -1)
    x, y, z = index * np.float32(space.spacing) + _column(space.origin)
    deep = np.exp(-(((np.abs(x) - 18) / 14) ** 2 + ((y + 2) / 20) ** 2 + ((z - 6) / 12) ** 2) / 2)
    around = np.exp(-(((np.abs(x) - 24) / 10) ** 2 + ((y + 24) / 36) ** 2 + ((z - 20) / 14) ** 2) / 2)
    return deep, around


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
    space = grid(grid_name)
    tissue = _fold(someone, space, session, _deformed(someone, space, session))
    signal = _tissue_signal(someone, space, session, tissue) + tissue.texture
    return _scan(someone, space, session, np.maximum(signal, 0.02), tissue.places)


def template_places(someone: Person, session: int = 0) -> Float[np.ndarray, "3 x y z"]:
    """Return where in the template (mm) each point of the scanner's lattice is found.

    Head size, rotation and shift, then the deformation; between the points by straight lines.
    """
    rng = stream(someone.seed, someone.index, STREAM_SHAPE, session + 1)
    size = 1.0 + 0.03 * stream(someone.seed, someone.index, STREAM_SHAPE, 100).standard_normal()
    size *= 1.0 if someone.sex == "F" else 1.035
    turn = Rotation.from_euler("xyz", 1.5 * rng.standard_normal(3), degrees=True).as_matrix() / size
    shift = 1.2 * rng.standard_normal(3)
    index = np.indices(LATTICE_SHAPE, dtype=np.float32).reshape(3, -1)
    places = index * np.float32(LATTICE_SPACING) + _column(LATTICE_ORIGIN)
    moved = (turn.astype(np.float32) @ (places - _column(CENTRE + shift))) + _column(CENTRE)
    on_lattice = (moved - _column(LATTICE_ORIGIN)) / np.float32(LATTICE_SPACING)
    moved += np.stack(interpolate(displacement(someone, session), on_lattice))
    return np.asarray(moved.reshape(3, *LATTICE_SHAPE))


def _deformed(someone: Person, space: Grid, session: int) -> _Tissue:
    """Return the tissue of a person's brain: of each voxel what lies in the template where it is found."""
    maps, near = _maps(space.name)
    voxels = [
        (first + space.spacing * np.arange(count) - origin) / LATTICE_SPACING
        for first, count, origin in zip(space.origin, space.shape, LATTICE_ORIGIN, strict=True)
    ]
    there = np.stack([refine(part, voxels).ravel() for part in template_places(someone, session)])
    index = (there - _column(space.origin)) / np.float32(space.spacing)
    inside = ((index >= 0) & (index <= _column(space.shape) - 1)).all(axis=0)
    below = np.ravel_multi_index(tuple(index.astype(np.intp)), space.shape, mode="clip")
    places = np.flatnonzero(inside & near.ravel().take(below))
    parts = interpolate((maps.grey, maps.white, maps.fluid, maps.texture), index[:, places])
    brain = np.flatnonzero(parts[0] + parts[1] + parts[2] > 0.5)
    return _Tissue(places[brain], *(part[brain] for part in parts))


def _fold(someone: Person, space: Grid, session: int, tissue: _Tissue) -> _Tissue:
    """Give the cortex folds of its own, and thin it with age: grey matter beside fluid turns into fluid."""
    rng = stream(someone.seed, someone.index, STREAM_FOLDING)
    control = rng.standard_normal(_FOLDING_POINTS, dtype=np.float32)
    noise = evaluate(control, space.shape, space.origin, space.spacing).ravel()[tissue.places]
    thinning = someone.aging[session][_TISSUE["cortical thinning"]]
    border = np.sqrt(np.clip(tissue.grey * tissue.fluid, 0.0, None))
    lost = border * np.float32(0.22 * thinning) + border * np.float32(0.45) * noise
    lost = np.clip(lost, -tissue.fluid, tissue.grey)
    return replace(tissue, grey=tissue.grey - lost, fluid=tissue.fluid + lost)


def _tissue_signal(someone: Person, space: Grid, session: int, tissue: _Tissue) -> Float[np.ndarray, "voxel"]:
    """Return T1-weighted intensities; contrast falls, deep grey matter and white matter around ventricles darken."""
    aging = someone.aging[session]
    grey_level = 0.60 + 0.012 * aging[_TISSUE["grey-white contrast"]]
    deep, around = (depth[tissue.places] for depth in _depths(space.name))
    deep_change = np.float32(0.02 * aging[_TISSUE["deep grey brightness"]]) * deep
    white_change = np.float32(-0.025 * aging[_TISSUE["periventricular white matter"]]) * around
    grey, white = np.float32(grey_level) + deep_change, np.float32(0.88) + white_change
    return np.asarray(tissue.grey * grey + tissue.white * white + tissue.fluid * np.float32(0.22))


def _scan(
    someone: Person,
    space: Grid,
    session: int,
    signal: Float[np.ndarray, "voxel"],
    brain: Int[np.ndarray, "voxel"],
) -> Int16[np.ndarray, "x y z"]:
    """Blur, gamma, coil shading, gain and Rician noise of the person's site."""
    rng = stream(someone.seed, someone.index, STREAM_SCANNER, session)
    control = 0.08 * rng.standard_normal((5, 5, 5), dtype=np.float32)
    shading = evaluate(control, space.shape, space.origin, space.spacing).ravel()[brain]
    gamma, gain = 1.0 + 0.04 * rng.standard_normal(), _GAIN[someone.site] * np.exp(0.05 * rng.standard_normal())
    volume = np.zeros(space.shape, dtype=np.float32)
    volume.ravel()[brain] = signal
    seen = ndimage.gaussian_filter(volume, _BLUR_MM[someone.site] / space.spacing).ravel()[brain]
    seen = np.clip(seen, 0.0, None) ** np.float32(gamma) * np.exp(shading) * np.float32(gain)
    sd = np.float32(_NOISE[someone.site] * (2.0 / space.spacing) ** 0.5)
    real, imaginary = sd * rng.standard_normal((2, len(brain)), dtype=np.float32)
    measured = np.sqrt((seen + real) ** 2 + imaginary**2)
    scan = np.zeros(space.shape, dtype=np.int16)
    scan.ravel()[brain] = np.clip(np.rint(1000 * measured), 1, 32767)
    return scan
