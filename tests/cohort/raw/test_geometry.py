"""What affines do and how masks lie on each other, against values known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from made_raw import motion
from remembrain.cohort.raw.geometry import centre_of, covering, dice, likeness, parts_of, spacing_of, volume_of

CENTRE = np.array([1.0, -20.0, 9.0])


def test_an_affine_is_taken_apart_into_what_it_was_made_of() -> None:
    parts = parts_of(motion((0, 0, 30), (3, 4, 0), (1.1, 0.9, 1.02)), np.zeros(3))
    assert parts.turned == pytest.approx(30)
    assert parts.moved == pytest.approx(5)
    assert parts.scales == pytest.approx((1.1, 0.9, 1.02))


def test_a_turn_around_the_centre_moves_it_nowhere() -> None:
    turn = motion((10, 20, -5), (0, 0, 0), (1, 1, 1))
    turn[:3, 3] = CENTRE - turn[:3, :3] @ CENTRE
    assert parts_of(turn, CENTRE).moved == pytest.approx(0, abs=1e-9)


def test_nothing_done_is_nothing_told() -> None:
    parts = parts_of(np.eye(4), CENTRE)
    assert (parts.turned, parts.moved, parts.scales) == (0, 0, (1, 1, 1))


def test_masks_that_share_half_have_a_dice_of_a_half() -> None:
    one, other = np.zeros((2, 4), bool), np.zeros((2, 4), bool)
    one[:, :2], other[:, 1:3] = True, True
    assert dice(one, other) == 0.5
    assert dice(one, one) == 1
    assert dice(one, ~one) == 0
    assert dice(np.zeros(3, bool), np.zeros(3, bool)) == 0


def test_likeness_is_correlation_and_nothing_is_like_what_is_constant() -> None:
    values = np.arange(6.0)
    assert likeness(values, 3 - 2 * values) == pytest.approx(-1)
    assert likeness(values, np.ones(6)) == 0


def test_volume_and_middle_are_in_millilitres_and_millimetres() -> None:
    affine = np.diag([2.0, 2.0, 5.0, 1.0])
    affine[:3, 3] = 10, 20, 30
    mask = np.zeros((5, 5, 5), bool)
    mask[1:4, 2, 3] = True
    assert volume_of(mask, affine) == pytest.approx(0.06)
    assert centre_of(mask, affine).tolist() == [14, 24, 45]
    assert spacing_of(affine).tolist() == [2, 2, 5]


def test_a_grid_covers_a_turned_volume_and_hardly_more() -> None:
    affine = motion((0, 0, 45), (5, 6, 7), (1, 1, 1))
    grid = covering((11, 11, 21), affine, 2.0)
    corners = np.array(list(np.ndindex(2, 2, 2))) * [10, 10, 20] @ affine[:3, :3].T + affine[:3, 3]
    last = np.array(grid.origin) + 2.0 * (np.array(grid.shape) - 1)
    assert np.allclose(grid.origin, corners.min(axis=0))
    assert (last >= corners.max(axis=0)).all()
    assert (last < corners.max(axis=0) + 2).all()
