"""A contact sheet of one prepared scan: slices in three directions with the outline of the template's mask; PNG bytes.

It shows a person and belongs in ``restricted/``.
"""

from __future__ import annotations

import io

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import ndimage

SLICES = {0: (30, 45, 60), 1: (35, 54, 75), 2: (25, 40, 55)}
"""Which slices of the grid ``mni`` are shown, by the axis they are across."""
OUTLINE = (255, 120, 40)


def contact_sheet(
    brain: Float[np.ndarray, "x y z"], outline: Bool[np.ndarray, "x y z"]
) -> UInt8[np.ndarray, "row column colour"]:
    """Return slices side by side, a row a direction; left is left, and front or top is up.

    Parameters
    ----------
    brain
        On the grid ``mni``, 0 outside of the brain.
    outline
        A mask whose border is drawn over it.
    """
    bright = float(np.quantile(brain[brain > 0], 0.99)) if (brain > 0).any() else 1.0
    grey = (np.clip(brain / bright, 0, 1) * 255).astype(np.uint8)
    side = max(brain.shape)
    return np.concatenate(
        [
            np.concatenate([_slice(grey, outline, axis, place, side) for place in places], axis=1)
            for axis, places in SLICES.items()
        ]
    )


def as_png(picture: UInt8[np.ndarray, "row column colour"]) -> bytes:
    """Return a picture as the bytes of a PNG file."""
    from matplotlib.image import imsave  # here, because workers that find their scans prepared draw nothing

    content = io.BytesIO()
    imsave(content, picture, format="png")
    return content.getvalue()


def _slice(
    grey: UInt8[np.ndarray, "x y z"], outline: Bool[np.ndarray, "x y z"], axis: int, place: int, side: int
) -> UInt8[np.ndarray, "row column colour"]:
    """Return one slice as a square, the outline drawn in."""
    here = np.take(outline, place, axis=axis)
    border = here & ~ndimage.binary_erosion(here)
    picture = np.repeat(np.take(grey, place, axis=axis)[..., None], 3, axis=2)
    picture[border] = OUTLINE
    upright = np.flipud(picture.transpose(1, 0, 2))
    rows, columns = upright.shape[:2]
    square = np.zeros((side, side, 3), dtype=np.uint8)
    square[(side - rows) // 2 :, (side - columns) // 2 :][:rows, :columns] = upright
    return square
