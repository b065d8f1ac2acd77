"""Which voxels are brain: by deepbet (Fisch et al. 2024, Comput. Biol. Med. 179:108845), or as a scan says itself.

Knows one volume in RAS+ order.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import nibabel as nib
import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from remembrain.cohort.raw.geometry import Matrix, spacing_of, volume_of
from remembrain.errors import DataError

LEAST_BRAIN = 200.0
"""Millilitres; nobody's brain is smaller, and what is smaller is none."""
NEAR = 6.0
"""Millimetres around the brain that are still counted to it where it is asked whether there is a head."""
DARKEST, DARKEST_BRAIN = 0.01, 0.1
"""Of the 99th percentile: what is darker is background; and, of a brain without skull, its border that was blurred."""
LEAST_HEAD = 0.1
"""Share of what is not background that lies farther away, in a scan that has its skull: skin, fat, marrow and neck."""


def brain_mask(values: Float[np.ndarray, "i j k"], affine: Matrix) -> Bool[np.ndarray, "i j k"]:
    """Return which voxels are brain.

    Raises
    ------
    DataError
        Where none is found.
    """
    import torch

    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            _, mask, _ = _extraction().run(nib.Nifti1Image(values, affine))
    except (AssertionError, ValueError, IndexError):
        raise DataError("has no brain in it that could be found") from None
    brain = np.asarray(mask.dataobj) > 0
    if (found := volume_of(brain, affine)) < LEAST_BRAIN:
        raise DataError(f"has no brain in it that could be found ({found:.0f} ml)")
    return np.asarray(brain)


def foreground(values: Float[np.ndarray, "i j k"], share: float = DARKEST) -> Bool[np.ndarray, "i j k"]:
    """Return which voxels are not background: brighter than a share of the bright ones."""
    bright = values[values > 0]
    return np.asarray(values > share * (np.quantile(bright, 0.99) if bright.size else 0))


def is_stripped(values: Float[np.ndarray, "i j k"], brain: Bool[np.ndarray, "i j k"], affine: Matrix) -> bool:
    """Tell whether skull and skin are gone already: hardly anything but background lies around the brain."""
    there = foreground(values)
    away = ndimage.distance_transform_edt(~brain, sampling=spacing_of(affine)) > NEAR
    return int(np.count_nonzero(there & away)) < LEAST_HEAD * int(np.count_nonzero(there))


def own_mask(values: Float[np.ndarray, "i j k"]) -> Bool[np.ndarray, "i j k"]:
    """Return the brain of a scan whose skull is gone: the largest piece that is not background, without holes."""
    pieces, _ = ndimage.label(foreground(values, DARKEST_BRAIN))
    sizes = np.bincount(pieces.ravel(), minlength=2)[1:]
    return np.asarray(ndimage.binary_fill_holes(pieces == 1 + np.argmax(sizes)))


@lru_cache(maxsize=1)
def _extraction() -> Any:
    """Return deepbet's networks, which its wheel carries, on the processor: a scan has the same mask anywhere."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit.load, by which they are stored
        from deepbet.bet import BrainExtraction

        return BrainExtraction(no_gpu=True)
