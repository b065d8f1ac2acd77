"""One NIfTI file: opened, checked and turned to RAS+. Files come from strangers, so nothing in them is believed."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError

SMALLEST_VOXEL = 0.05
_UNREADABLE = (
    *(OSError, EOFError, ValueError, OverflowError, MemoryError, zlib.error),
    *(nib.filebasedimages.ImageFileError, nib.spatialimages.HeaderDataError),
)


def read_volume(path: Path) -> tuple[Float[np.ndarray, "i j k"], Float[np.ndarray, "4 4"]]:
    """Open one NIfTI file and return its values and its affine in RAS+ order, three-dimensional and finite.

    Raises
    ------
    DataError
        Saying what is wrong: truncated, not a NIfTI, four-dimensional, NaN, constant, or a broken affine.
    """
    values, affine = _opened(path)
    if values.ndim > 3 and values.shape[3:] == (1,) * (values.ndim - 3):
        values = values.reshape(values.shape[:3])
    if values.ndim != 3:
        raise DataError(f"has shape {values.shape}, expected one three-dimensional volume", where=path)
    if min(values.shape) < 2:
        raise DataError(f"has shape {values.shape}, expected more than one voxel along each axis", where=path)
    _insist_on_place(affine, path)
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise DataError(f"has {bad} voxels that are NaN or infinite", where=path)
    if np.ptp(values) == 0:
        raise DataError(f"has the same value {values.flat[0]:g} in every voxel", where=path)
    turned = nib.as_closest_canonical(nib.Nifti1Image(values, affine))
    return np.asarray(turned.dataobj, dtype=np.float32), np.asarray(turned.affine)


def _insist_on_place(affine: Float[np.ndarray, "4 4"], path: Path) -> None:
    """Raise where an affine does not say where voxels lie, or has them so small that smoothing would never end."""
    singular = not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6
    if singular or np.isnan(nib.io_orientation(affine)).any():
        raise DataError("has a singular affine: where its voxels lie is not known", where=path)
    smallest = float(np.sqrt((affine[:3, :3] ** 2).sum(axis=0)).min())
    if smallest < SMALLEST_VOXEL:
        raise DataError(f"has voxels of {smallest:.2g} mm, expected at least {SMALLEST_VOXEL:g} mm", where=path)


def _opened(path: Path) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "4 4"]]:
    """Return what a file holds and its affine; no more is read than is there, whatever its header says."""
    if path.stat().st_size == 0:
        raise DataError("is empty", where=path)
    try:
        there = _size(path)
        with np.errstate(over="ignore", invalid="ignore"):
            image: Any = nib.load(path)
            kind = image.get_data_dtype()
            if kind.kind not in "iuf":
                raise DataError(f"has voxels of type {kind}, expected one number each", where=path)
            if (needed := kind.itemsize * prod(image.shape)) > there:
                raise EOFError(f"{there} bytes, and its header speaks of {needed}")
            values, affine = np.asarray(image.dataobj, dtype=np.float32), np.asarray(image.affine, dtype=np.float64)
    except _UNREADABLE as error:
        raise DataError(f"is truncated or not a NIfTI file ({first_line(error)})", where=path) from None
    return values, affine


def _size(path: Path) -> int:
    """Return how many bytes a file holds; a compressed one is read to its end, where its checksum stands."""
    if path.suffix != ".gz":
        return path.stat().st_size
    total = 0
    with gzip.open(path) as file:
        while piece := file.read(1 << 20):
            total += len(piece)
    return total


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    return (str(error).splitlines() or [type(error).__name__])[0]
