"""Smooth fields, against SciPy and against constants."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from remembrain.cohort.grids import grid
from remembrain.cohort.phantom.fields import evaluate, interpolate, refine


def test_spline_of_equal_control_points_is_constant() -> None:
    space = grid("mni")
    field = evaluate(np.full((7, 8, 7), 2.5, dtype=np.float32), space.shape, space.origin, space.spacing)
    np.testing.assert_allclose(field, 2.5, rtol=1e-5)


def test_fields_are_read_between_their_points_as_scipy_does() -> None:
    rng = np.random.default_rng(0)
    fields = rng.standard_normal((2, 6, 7, 5)).astype(np.float32)
    index = rng.uniform(-2, 8, (3, 500)).astype(np.float32)
    for field, values in zip(fields, interpolate(fields, index), strict=True):
        expected = ndimage.map_coordinates(field, index, order=1, mode="nearest")
        np.testing.assert_allclose(values, expected, atol=1e-5)


def test_a_field_is_refined_as_it_is_read() -> None:
    field = np.random.default_rng(0).standard_normal((6, 7, 5)).astype(np.float32)
    along = [np.linspace(0, count - 1, 11) for count in field.shape]
    everywhere = np.stack(np.meshgrid(*along, indexing="ij")).reshape(3, -1).astype(np.float32)
    np.testing.assert_allclose(refine(field, along).ravel(), interpolate([field], everywhere)[0], atol=1e-5)
