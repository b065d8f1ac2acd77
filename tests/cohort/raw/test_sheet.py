"""The picture of a scan: what is where, by a brain of one bright corner."""

from __future__ import annotations

import numpy as np

from remembrain.cohort.grids import GRIDS
from remembrain.cohort.raw.sheet import OUTLINE, SLICES, as_png, contact_sheet

SHAPE = GRIDS["mni"].shape


def test_left_is_left_and_up_is_up() -> None:
    brain = np.zeros(SHAPE, dtype=np.float32)
    brain[:20, :, -20:] = 1.0  # left, top
    picture = contact_sheet(brain, np.zeros(SHAPE, bool))
    side = max(SHAPE)
    assert picture.shape == (3 * side, 3 * side, 3)
    front = picture[side : 2 * side, :side, 0]
    rows, columns = np.nonzero(front)
    assert rows.max() < side / 2
    assert columns.max() < side / 2


def test_the_outline_is_the_border_of_the_mask() -> None:
    mask = np.zeros(SHAPE, bool)
    mask[20:70, 30:90, 10:70] = True
    picture = contact_sheet(np.zeros(SHAPE, np.float32), mask)
    drawn = (picture == OUTLINE).all(axis=2)
    side = max(SHAPE)
    above = drawn[2 * side :, :side]
    assert int(above.sum()) == 2 * (50 + 60) - 4
    assert drawn.any(axis=1).sum() > 2
    assert len(SLICES) == 3


def test_a_picture_is_a_png_of_the_same_bytes() -> None:
    picture = contact_sheet(np.ones(SHAPE, np.float32), np.zeros(SHAPE, bool))
    assert as_png(picture)[:4] == b"\x89PNG"
    assert as_png(picture) == as_png(picture)
