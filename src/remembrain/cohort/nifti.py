"""One NIfTI file: opened, checked and turned to RAS+. Files come from strangers, so nothing in them is believed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float
from nibabel.imageglobals import logger
from scipy import ndimage

from remembrain.cohort.files import insist_on_content, unpacked_size
from remembrain.cohort.placement import as_written, placement
from remembrain.errors import DataError
from remembrain.run import in_words, memory_left

MOST_BACKGROUND = 0.95
DEEP_CENTRE, DEEP_RADII, MOST_DEEP = (0.0, -20.0, 12.0), (35.0, 45.0, 28.0), 0.02
MOST_BESIDE = 2**24
"""Bytes that a scan may hold beside its voxels: its header, and what programs write behind it."""
_NIFTI1, _NIFTI2 = 348, 540
"""Lengths of both kinds of header."""
_BYTES_A_VOXEL = 24
"""Of memory, while a scan is read, turned and resampled."""
_UNREADABLE = (
    *(OSError, EOFError, ValueError, OverflowError, MemoryError, zlib.error),
    *(nib.filebasedimages.ImageFileError, nib.spatialimages.HeaderDataError),
)


@dataclass(frozen=True, eq=False)
class Volume:
    """The values of one file in RAS+ order, three-dimensional and finite; its affine in mm; what is to be told."""

    values: Float[np.ndarray, "i j k"]
    affine: Float[np.ndarray, "4 4"]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Opened:
    """What a file holds, as it is: any number of axes, NaN and infinity too."""

    image: Any
    values: Float[np.ndarray, "..."]
    notes: tuple[str, ...]


def read_volume(path: Path, *, with_gaps: bool = False) -> Volume:
    """Open one NIfTI file and return its values and its affine in RAS+ order, three-dimensional and finite.

    NaN around the head, as SPM leaves it, is read as 0. Of what is no scan, such as a map of a statistic, ``with_gaps``
    leaves what is no number as NaN, wherever it lies.

    Raises
    ------
    DataError
        Saying what is wrong: a pointer, truncated, not a NIfTI, several frames, NaN inside the head, constant, or a
        header that does not say where its voxels lie.
    """
    opened = _opened(path)
    values, shape = opened.values, " x ".join(str(side) for side in opened.values.shape)
    if values.ndim > 3 and (frames := prod(values.shape[3:])) != 1:
        raise DataError(f"holds several volumes, expected one ({frames} frames, shape {shape})", where=path)
    values = values.reshape(values.shape[:3])
    if values.ndim != 3 or min(values.shape) < 2:
        raise DataError(f"is no volume, expected more than one voxel along each of 3 axes (shape {shape})", where=path)
    try:
        affine, placed = placement(opened.image)
        values, filled = _with_gaps(values) if with_gaps else _without_background(values, affine)
    except DataError as error:
        raise DataError(error.what, where=path) from None
    if (low := np.nanmin(values)) == np.nanmax(values):
        raise DataError(f"has the same value in every voxel ({low:g})", where=path)
    turned = nib.as_closest_canonical(nib.Nifti1Image(values, affine))
    return Volume(
        np.asarray(turned.dataobj, dtype=np.float32),
        np.asarray(turned.affine),
        (*opened.notes, *placed, *filled),
    )


def read_values(path: Path) -> Float[np.ndarray, "..."]:
    """Return whatever numbers a file holds, wherever they lie and however many axes they have; NaN where it has NaN.

    Raises
    ------
    DataError
        Where it holds none, or cannot be opened.
    """
    values = _opened(path).values
    if not np.isfinite(values).any():
        raise DataError("holds no number", where=path)
    return values


def _with_gaps(values: Float[np.ndarray, "i j k"]) -> tuple[Float[np.ndarray, "i j k"], tuple[str, ...]]:
    """Return the values with NaN for what is infinite, as where a statistic was divided by 0."""
    finite = np.isfinite(values)
    if not finite.any():
        raise DataError("holds no number")
    return np.where(finite, values, np.float32(np.nan)), ()


def _without_background(
    values: Float[np.ndarray, "i j k"], affine: Float[np.ndarray, "4 4"]
) -> tuple[Float[np.ndarray, "i j k"], tuple[str, ...]]:
    """Return the values with 0 for the NaN around a head, and what is to be told of it.

    NaN is background where it reaches the border of the volume, leaves something, and spares what is deep inside every
    brain in MNI space.
    """
    wrong = int(np.count_nonzero(np.isinf(values)))
    if wrong:
        raise DataError(f"has infinite voxels ({wrong} of {values.size})")
    lost = np.isnan(values)
    count = int(np.count_nonzero(lost))
    if not count:
        return values, ()
    if count > MOST_BACKGROUND * values.size:
        raise DataError(f"is NaN nearly everywhere ({count} of {values.size} voxels)")
    enclosed, deep = lost & ~_reaching_border(lost), _deep(values.shape, affine)
    within = int(np.count_nonzero(enclosed | (lost & deep)))
    if enclosed.any() or np.count_nonzero(lost & deep) > MOST_DEEP * np.count_nonzero(deep):
        raise DataError(f"has NaN inside the head ({within} of {values.size} voxels)")
    filled = np.where(lost, np.float32(0), values)
    return filled, (f"has NaN around the head, which is read as 0 ({count} of {values.size} voxels)",)


def _reaching_border(lost: Bool[np.ndarray, "i j k"]) -> Bool[np.ndarray, "i j k"]:
    """Return which of these voxels hang together with one on the border of the volume."""
    inner = (slice(1, -1),) * 3
    seeds = lost.copy()
    seeds[inner] = False
    return np.asarray(ndimage.binary_propagation(seeds, mask=lost))


def _deep(shape: tuple[int, ...], affine: Float[np.ndarray, "4 4"]) -> Bool[np.ndarray, "i j k"]:
    """Return which voxels lie deep inside every brain in MNI space."""
    index = np.indices(shape).reshape(3, -1)
    places = affine[:3, :3] @ index + affine[:3, 3:]
    away = (places - np.array(DEEP_CENTRE)[:, None]) / np.array(DEEP_RADII)[:, None]
    return np.asarray(((away**2).sum(axis=0) < 1).reshape(shape))


def _opened(path: Path) -> _Opened:
    """Return what a file holds; no more is read than is there, whatever its header says."""
    insist_on_content(path)
    notes: tuple[str, ...] = ()
    try:
        _insist_on_short_beginning(path)
        with np.errstate(over="ignore", invalid="ignore"), _quiet():
            image: Any = nib.load(path)
            kind = image.get_data_dtype()
            if kind.kind not in "iuf":
                raise DataError(f"has voxels that are not one number each (of type {kind})", where=path)
            voxels = prod(map(int, image.shape))
            needed, room = kind.itemsize * voxels, _BYTES_A_VOXEL * voxels
            may_be_there = path.suffix == ".gz" or needed <= path.stat().st_size
            if may_be_there and room > (left := memory_left()):
                what = f"is too large for the memory ({in_words(room)} needed, {in_words(left)} left)"
                raise DataError(what, where=path)
            there, more = unpacked_size(path, MOST_BESIDE + 2 * needed)
            if needed > there:
                raise EOFError(f"{there} bytes, and its header speaks of {needed}")
            values = np.asarray(image.dataobj, dtype=np.float32)
            slope = float(as_written(image)["scl_slope"]) if isinstance(image, nib.Nifti1Pair) else 1.0
    except _UNREADABLE as error:
        raise DataError(f"is truncated or not a NIfTI file ({first_line(error)})", where=path) from None
    if more:
        notes = ("has bytes behind the end of its archive, which are not read",)
    if not np.isfinite(slope):
        notes = (*notes, "has a scaling slope that is no number; its values are taken as they are stored")
    return _Opened(image, values, notes)


def _insist_on_short_beginning(path: Path) -> None:
    """Raise where voxels begin so far behind the header that nibabel would read more than a scan before them."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        begin = file.read(_NIFTI2)
    lengths = {order: int(np.frombuffer(begin[:4].ljust(4), f"{order}i4")[0]) for order in "<>"}
    order = "<" if lengths["<"] in (_NIFTI1, _NIFTI2) else ">"
    place, kind = (168, "i8") if lengths[order] == _NIFTI2 else (108, "f4")
    if len(begin) < place + 8:
        raise EOFError(f"{len(begin)} bytes, and its header is longer")
    offset = float(np.frombuffer(begin, f"{order}{kind}", count=1, offset=place)[0])
    if not offset <= MOST_BESIDE:
        raise EOFError(f"its voxels begin {offset:.3g} bytes behind its beginning")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep nibabel from talking of headers that it mends by itself, while the block runs."""
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    return (str(error).splitlines() or [type(error).__name__])[0]
