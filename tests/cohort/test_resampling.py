"""What is done to the voxels of a volume, against volumes whose values are known."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.grids import grid
from remembrain.cohort.resampling import STATISTICS, intensity_statistics, standardise, to_grid
from remembrain.errors import DataError


def test_what_float16_cannot_hold_is_cut() -> None:
    spike = np.zeros((110, 110, 110), dtype=np.float32)
    spike[0, 0, 0] = 1  # sqrt(n - 1) = 1154 standard deviations from the mean
    assert standardise(spike).max() == 1000
    with pytest.raises(DataError, match="is constant on the grid"):
        standardise(np.ones((3, 3, 3), dtype=np.float32))


def test_a_volume_on_the_grid_stays_as_it_is() -> None:
    space = grid("32")
    volume = np.random.default_rng(0).normal(size=space.shape)
    assert to_grid(volume, space.affine, space) is volume


def test_a_plane_is_the_same_on_a_finer_grid_that_is_turned_around() -> None:
    space = grid("32")
    spacing = space.spacing / 2
    shape = tuple(2 * side for side in space.shape)
    affine = np.diag([-spacing, spacing, spacing, 1.0])
    affine[:3, 3] = space.origin
    affine[0, 3] += spacing * (shape[0] - 1)

    def plane(places: np.ndarray) -> np.ndarray:
        """Brighter to one side, in mm."""
        return 300 + places[..., 0] + 0.5 * places[..., 1]

    def lying(shape: tuple[int, ...], affine: np.ndarray) -> np.ndarray:
        return np.moveaxis(np.indices(shape), 0, -1) @ affine[:3, :3].T + affine[:3, 3]

    there = to_grid(plane(lying(shape, affine)), affine, space)
    inside = (slice(4, -4),) * 3
    np.testing.assert_allclose(there[inside], plane(lying(space.shape, space.affine))[inside], rtol=1e-4)


def test_a_head_that_lies_elsewhere_is_refused() -> None:
    affine = grid("32").affine.copy()
    affine[:3, 3] += 500
    volume = np.random.default_rng(0).uniform(size=grid("32").shape)
    with pytest.raises(DataError, match="lies outside the grid 32 in MNI space"):
        to_grid(volume, affine, grid("32"))


def test_statistics_are_of_voxels_above_zero_and_nan_is_zero() -> None:
    values = np.array([0.0, np.nan, 1.0, 2.0, 3.0, 4.0, -5.0, 0.0])
    found = dict(zip(STATISTICS, intensity_statistics(values), strict=True))
    above = np.array([1.0, 2.0, 3.0, 4.0])
    assert (found["mean"], found["sd"]) == (2.5, pytest.approx(above.std()))
    assert found["skewness"] == pytest.approx(0)
    assert found["quantile 50 %"] == 2.5
    assert found["zeros"] == 3 / 8


def test_a_volume_is_standardised_to_mean_0_and_sd_1() -> None:
    volume = standardise(np.random.default_rng(0).normal(100, 7, (9, 9, 9)))
    assert volume.mean() == pytest.approx(0, abs=1e-12)
    assert volume.std() == pytest.approx(1)
