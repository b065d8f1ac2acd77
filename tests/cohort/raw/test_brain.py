"""Which voxels are brain, on one man's head and the average of many; and when a skull is gone already."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from made_raw import COLIN, colin, needs_colin, needs_extra
from remembrain.cohort.raw.brain import brain_mask, foreground, is_stripped, own_mask
from remembrain.cohort.raw.geometry import dice, volume_of
from remembrain.cohort.raw.template import template
from remembrain.errors import DataError


def ball(radius: float, side: int = 40) -> np.ndarray:
    return np.asarray(((np.indices((side,) * 3) - side / 2) ** 2).sum(axis=0) < radius**2)


def within(mask: np.ndarray, far: float) -> float:
    """The Dice coefficient of a mask with one whose border lies this many mm outside of it, everywhere."""
    return dice(mask, ndimage.distance_transform_edt(~mask) <= far)


def test_what_has_nothing_around_the_brain_has_no_skull() -> None:
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    brain, head = ball(10), ball(18)
    skull = head & ~ball(14)
    assert is_stripped(1000.0 * brain, brain, affine)
    assert not is_stripped(1000.0 * brain + 600.0 * skull, brain, affine)
    assert is_stripped(1000.0 * brain + 5.0 * skull, brain, affine)  # what programs leave behind is not seen


def test_a_mask_of_its_own_is_one_piece_without_holes() -> None:
    values = 1000.0 * (ball(12) & ~ball(4))
    values[0, 0, 0] = 1000
    np.testing.assert_array_equal(own_mask(values), ball(12))
    assert not own_mask(np.zeros((4, 4, 4))).any()


def test_background_is_what_is_a_hundred_times_darker() -> None:
    values = np.array([0.0, -5.0, 9.0, 11.0, 1000.0, 1000.0]).reshape(1, 2, 3)
    assert foreground(values).ravel().tolist() == [False, False, False, True, True, True]
    assert foreground(values, 0.1).ravel().tolist() == [False, False, False, False, True, True]


@needs_extra
@needs_colin
@pytest.mark.slow
def test_the_brain_of_one_man_is_the_one_that_another_program_finds() -> None:
    """BET leaves the fluid around the brain out: its brain lies within ours, no more than 3 mm below our border."""
    head = colin()
    ours = brain_mask(head.values, head.affine)
    other = nib.as_closest_canonical(nib.load(COLIN.with_name("ch2bet.nii.gz")))
    theirs = ndimage.binary_fill_holes(np.asarray(other.dataobj) > 0)
    assert (ours & theirs).sum() / theirs.sum() > 0.99
    assert dice(ours, theirs) > within(theirs, 3)
    assert 1700 < volume_of(ours, head.affine) < 2100
    assert not is_stripped(head.values, ours, head.affine)
    assert ndimage.label(ours)[1] == 1


@needs_extra
@pytest.mark.slow
def test_the_average_brain_has_no_skull_and_is_found_to_its_border() -> None:
    onto = template()
    ours = brain_mask(1000 * onto.brain, onto.grid.affine)
    assert dice(ours, onto.mask) > within(onto.mask, 2)  # a voxel
    assert is_stripped(1000 * onto.brain, ours, onto.grid.affine)
    assert dice(own_mask(1000 * onto.brain), onto.mask) > within(onto.mask, 2)


@needs_extra
@pytest.mark.slow
def test_what_holds_no_brain_is_told() -> None:
    values = np.random.default_rng(0).uniform(0, 100, (64, 64, 64)).astype(np.float32)
    with pytest.raises(DataError, match="has no brain in it that could be found"):
        brain_mask(values, np.diag([0.8, 0.8, 0.8, 1.0]))  # 134 ml in all
