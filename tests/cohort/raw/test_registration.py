"""A brain that was moved by a known affine comes back: within 1 mm everywhere, and 1 degree."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from made_raw import apart, motion, moved, needs_extra
from remembrain.cohort.grids import GRIDS
from remembrain.cohort.nifti import Volume
from remembrain.cohort.phantom.image import image
from remembrain.cohort.phantom.person import person
from remembrain.cohort.raw.geometry import parts_of
from remembrain.cohort.raw.registration import FREE, register
from remembrain.cohort.raw.template import template

pytestmark = needs_extra
MOTIONS = [
    motion((0, 0, 0), (0, 0, 0), (1, 1, 1)),
    motion((18, -7, 9), (12, -25, 30), (1.08, 0.93, 1.02)),
    motion((-40, 5, -12), (-30, 60, 15), (0.9, 0.95, 1.1)),
]


def brain_places() -> np.ndarray:
    """Places in the template's brain, in mm."""
    onto = template()
    return np.argwhere(onto.mask)[::40] @ onto.grid.affine[:3, :3].T + onto.grid.affine[:3, 3]


def turned_apart(one: np.ndarray, other: np.ndarray) -> float:
    """The angle between the rotations of two affines, in degrees."""
    first, second = (part[:3, :3] / np.linalg.norm(part[:3, :3], axis=0) for part in (one, other))
    return float(np.degrees(Rotation.from_matrix(first.T @ second).magnitude()))


def scanned(volume: Volume, by: np.ndarray) -> Volume:
    return moved(volume, by, 1.7, (130, 140, 130))


def test_nine_numbers_are_free_and_shears_are_not() -> None:
    assert FREE == (1,) * 9 + (0,) * 3


@pytest.mark.slow
@pytest.mark.parametrize("truth", MOTIONS)
def test_the_template_comes_back_from_where_it_was_moved(truth: np.ndarray) -> None:
    onto = template()
    head = scanned(Volume(onto.brain, onto.grid.affine), truth)
    found = register(head.values, head.values > 0.02, head.affine, onto)
    assert apart(found, truth, brain_places()) < 1
    assert turned_apart(found, truth) < 1
    parts = parts_of(found, onto.centre)
    assert np.abs(np.array(parts.scales) / np.linalg.norm(truth[:3, :3], axis=0) - 1).max() < 0.01
    assert np.abs(np.linalg.norm(found[:3, :3] / parts.scales, axis=0) - 1).max() < 1e-6


@pytest.mark.slow
def test_a_phantom_comes_back_from_wherever_it_was_moved() -> None:
    """Where the same person lies in the template is not known; that it is the same place, from anywhere, is."""
    onto, grid = template(), GRIDS["mni"]
    someone = Volume(image(person(3, 0), "mni").astype(np.float32), grid.affine)
    back = []
    for truth in MOTIONS:
        head = scanned(someone, truth)
        found = register(head.values, head.values > 20, head.affine, onto)
        back.append(np.linalg.inv(truth) @ found)
    for one, other in pairwise(back):
        assert apart(one, other, brain_places()) < 1
        assert turned_apart(one, other) < 1
    assert apart(back[0], np.eye(4), brain_places()) > 1  # a phantom has a shape of its own


@pytest.mark.slow
def test_axes_at_right_angles_stay_so_where_a_head_is_sheared() -> None:
    onto = template()
    sheared = np.eye(4)
    sheared[0, 1] = 0.15
    head = scanned(Volume(onto.brain, onto.grid.affine), sheared)
    linear = register(head.values, head.values > 0.02, head.affine, onto)[:3, :3]
    unit = linear / np.linalg.norm(linear, axis=0)
    np.testing.assert_allclose(unit.T @ unit, np.eye(3), atol=1e-6)
