"""Where the voxels of a NIfTI file lie, in millimetres, as its header says; knows nothing of their values.

A header that does not say it is refused: left and right would be a guess. One that says it twice, and differently, is
read as every other program reads it, by its sform, and that is told.
"""

from __future__ import annotations

from typing import Any

import nibabel as nib
import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError

SMALLEST_VOXEL, LARGEST_VOXEL = 0.05, 30.0
APART = 5.0
_UNITS = {1: ("metres", 1000.0), 3: ("micrometres", 0.001)}


def placement(image: Any) -> tuple[Float[np.ndarray, "4 4"], tuple[str, ...]]:
    """Return the matrix from voxels to millimetres, and what is to be told of it.

    Parameters
    ----------
    image
        As nibabel opened it.

    Raises
    ------
    DataError
        Where the header says nothing of the place (no sform, no qform, a voxel size of 0), or what cannot be.
    """
    if not isinstance(image, nib.Nifti1Pair):
        raise DataError(f"is not a NIfTI file, and does not say which side is left ({type(image).__name__})")
    size = np.asarray(as_written(image)["pixdim"], dtype=float)[1:4]
    if not np.isfinite(size).all() or (size == 0).any():
        listed = " x ".join(f"{side:g}" for side in size)
        raise DataError(f"has a voxel size of 0: where it lies is not known (pixdim {listed})")
    if not (int(image.header["sform_code"]) or int(image.header["qform_code"])):
        raise DataError(
            "has neither sform nor qform: where it lies, and which side is left, is not known "
            "(sform_code = qform_code = 0; set one of them from the scanner's own files)"
        )
    affine, notes = np.asarray(image.affine, dtype=float), _contradictions(image.header, image.shape[:3])
    sides = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    if not np.allclose(sides, np.abs(size), rtol=0.1):
        notes = (*notes, "has other voxel sizes by its pixdim than by its place, which is used")
    unit, factor = _UNITS.get(int(image.header["xyzt_units"]) & 7, ("", 1.0))
    if unit:
        affine = np.diag([factor, factor, factor, 1.0]) @ affine
        notes = (*notes, f"is in {unit} by its header, and is read so")
    _insist(affine)
    return affine, notes


def as_written(image: Any) -> Any:
    """Return a header as it stands in the file: nibabel makes a voxel size of 0 one of 1 mm."""
    holder = image.file_map.get("header", image.file_map["image"])
    with holder.get_prepare_fileobj("rb") as file:
        return type(image.header).from_fileobj(file, check=False)


def _contradictions(header: Any, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return in what sform and qform contradict each other, where a header has both."""
    if not (int(header["sform_code"]) and int(header["qform_code"])):
        return ()
    try:
        used, other = np.asarray(header.get_sform(), dtype=float), np.asarray(header.get_qform(), dtype=float)
    except (ValueError, nib.spatialimages.HeaderDataError):
        return ("has a broken qform; its sform is used",)
    with np.errstate(all="ignore"):
        if not np.isfinite(other).all():
            return ("has a broken qform; its sform is used",)
        if np.linalg.det(used[:3, :3]) * np.linalg.det(other[:3, :3]) < 0:
            return ("has a sform and a qform that contradict each other on left and right; its sform is used",)
        if nib.aff2axcodes(used) != nib.aff2axcodes(other):
            return ("has a sform and a qform that are turned differently; its sform is used",)
        corners = np.array([[*place, 1.0] for place in np.ndindex(2, 2, 2)]) * [*(side - 1 for side in shape), 1]
        apart = float(np.linalg.norm((corners @ (used - other).T)[:, :3], axis=1).max())
    if int(header["sform_code"]) == int(header["qform_code"]) and apart > APART:
        return (f"has a sform and a qform that lie apart; its sform is used (up to {apart:.0f} mm)",)
    return ()


def _insist(affine: Float[np.ndarray, "4 4"]) -> None:
    """Raise where an affine is singular, or of voxels so small or large that nothing of a head could be in them."""
    sides = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    if not np.isfinite(affine).all() or not sides.all() or abs(np.linalg.det(affine[:3, :3] / sides)) < 1e-3:
        raise DataError("has a singular affine: where its voxels lie is not known")
    if sides.min() < SMALLEST_VOXEL:
        raise DataError(
            f"has voxels smaller than {SMALLEST_VOXEL:g} mm ({sides.min():.2g} mm; its header may name the wrong unit)"
        )
    if sides.max() > LARGEST_VOXEL:
        raise DataError(
            f"has voxels larger than {LARGEST_VOXEL:g} mm ({sides.max():.3g} mm; its header may name the wrong unit)"
        )
