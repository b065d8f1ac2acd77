"""The shape of one brain: a smooth, invertible deformation of the template, part individual and part ageing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from remembrain.cohort.phantom.fields import BOX, evaluate, interpolate
from remembrain.cohort.phantom.person import COMPONENTS, STREAM_SHAPE, Person, stream

LATTICE_SPACING = 8.0
LATTICE_ORIGIN = (BOX[0][0], BOX[1][0], BOX[2][0])
LATTICE_SHAPE = (27, 31, 27)
SQUARINGS = 5
SMALLEST_JACOBIAN = 0.05
ATTEMPTS = 20

_RANDOM = (((7, 8, 7), 5.0), ((13, 15, 13), 2.4))
"""Control points of the individual velocity fields, and the SD of their values in mm."""

_REGIONS: dict[str, tuple[tuple[tuple[float, float, float], ...], float, float]] = {
    "ventricles": (((-13, -22, 14), (13, -22, 14), (-14, 10, 10), (14, 10, 10)), 15.0, 0.085),
    "whole brain": (((0, -18, 14),), 75.0, -0.022),
    "hippocampi": (((-27, -22, -14), (27, -22, -14)), 11.0, -0.11),
    "thalamus": (((-11, -18, 7), (11, -18, 7)), 9.0, -0.09),
    "insulae": (((-38, 4, 2), (38, 4, 2)), 12.0, -0.08),
    "frontal": (((-28, 42, 22), (28, 42, 22)), 24.0, -0.06),
    "parietal": (((-32, -58, 46), (32, -58, 46)), 24.0, -0.06),
    "temporal": (((-52, -22, -14), (52, -22, -14)), 20.0, -0.06),
    "cerebellum": (((-24, -62, -36), (24, -62, -36)), 22.0, -0.055),
}
"""Centres (MNI mm), width (mm) and growth a standard deviation of ageing; growth below 0 shrinks."""


@lru_cache(maxsize=1)
def ageing_fields() -> Float[np.ndarray, "component 3 x y z"]:
    """Return the velocity of each shape component on the lattice, in mm a standard deviation of ageing."""
    axes = [
        origin + LATTICE_SPACING * np.arange(size) for origin, size in zip(LATTICE_ORIGIN, LATTICE_SHAPE, strict=True)
    ]
    places = np.stack(np.meshgrid(*axes, indexing="ij"))
    fields = []
    for name in COMPONENTS[: len(_REGIONS)]:
        centres, width, growth = _REGIONS[name]
        field = np.zeros_like(places)
        for centre in centres:
            away = places - np.reshape(centre, (3, 1, 1, 1))
            field += growth * away * np.exp(-(away**2).sum(axis=0) / (2 * width**2))
        fields.append(field)
    return np.asarray(fields, dtype=np.float32)


def displacement(someone: Person, session: int = 0) -> Float[np.ndarray, "3 x y z"]:
    """Return where each lattice point of the person's brain is found in the template, as an offset in mm.

    The velocity field is integrated by scaling and squaring (Arsigny et al. 2006, MICCAI). Where the Jacobian
    determinant of the result is not everywhere above 0.05 the velocity is shrunk by a tenth, again and again.

    Raises
    ------
    ArithmeticError
        Where 20 such steps do not help, which no drawn person has needed.
    """
    rng = stream(someone.seed, someone.index, STREAM_SHAPE)
    velocity = np.zeros((3, *LATTICE_SHAPE), dtype=np.float32)
    for points, size in _RANDOM:
        for axis in range(3):
            control = size * rng.standard_normal(points, dtype=np.float32)
            velocity[axis] += evaluate(control, LATTICE_SHAPE, LATTICE_ORIGIN, LATTICE_SPACING)
    aging = someone.aging[session][: len(_REGIONS)].astype(np.float32)
    velocity -= np.tensordot(aging, ageing_fields(), axes=1)
    for _ in range(ATTEMPTS):
        offset = integrate(velocity)
        if jacobian(offset).min() > SMALLEST_JACOBIAN:
            return offset
        velocity *= np.float32(0.9)
    raise ArithmeticError(f"{someone.participant_id}: the deformation folds however small it is made")


def integrate(velocity: Float[np.ndarray, "3 x y z"]) -> Float[np.ndarray, "3 x y z"]:
    """Return the offsets (mm) after unit time along a velocity (mm), by scaling and squaring."""
    offset = (velocity / np.float32(2**SQUARINGS)).reshape(3, -1)
    index = np.indices(velocity.shape[1:], dtype=np.float32).reshape(3, -1)
    for _ in range(SQUARINGS):
        there = index + offset / np.float32(LATTICE_SPACING)
        offset = offset + np.stack(interpolate(offset.reshape(velocity.shape), there))
    return offset.reshape(velocity.shape)


def jacobian(offset: Float[np.ndarray, "3 x y z"]) -> Float[np.ndarray, "x y z"]:
    """Return the determinant of the derivative of x + offset(x): above 0 where nothing folds over."""
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = (np.gradient(part.astype(float), LATTICE_SPACING) for part in offset)
    xx, yy, zz = 1 + xx, 1 + yy, 1 + zz
    return np.asarray(xx * (yy * zz - yz * zy) - xy * (yx * zz - yz * zx) + xz * (yx * zy - yy * zx))
