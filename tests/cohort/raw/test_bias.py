"""A bias field that was put in is found: against the field itself."""

from __future__ import annotations

import numpy as np
import pytest

from made_raw import needs_extra
from remembrain.cohort.raw.bias import bias_field
from remembrain.cohort.raw.geometry import likeness
from remembrain.cohort.raw.template import template
from remembrain.errors import DataError

pytestmark = needs_extra


@pytest.mark.slow
def test_a_field_that_was_put_in_is_found() -> None:
    onto = template()
    places = np.meshgrid(*(np.linspace(-1, 1, side) for side in onto.grid.shape), indexing="ij")
    put_in = 0.3 * places[0] + 0.25 * places[2] ** 2
    plain = bias_field(onto.brain, onto.grid.affine)
    shaded = bias_field(onto.brain * np.exp(put_in), onto.grid.affine)
    inside = onto.mask & (onto.brain > 0.3)
    more = np.log(shaded / plain)[inside]
    assert likeness(more, put_in[inside]) > 0.95
    assert np.std(more - put_in[inside]) < 0.3 * np.std(put_in[inside])
    assert abs(np.log(plain[inside]).mean()) < 0.05


def test_voxels_of_any_size_and_shape_are_taken() -> None:
    rng = np.random.default_rng(0)
    values = np.zeros((40, 24, 13), np.float32)
    values[8:32, 6:18, 3:10] = 100 + rng.normal(0, 1, (24, 12, 7))
    field = bias_field(values, np.diag([1.0, 2.0, 5.0, 1.0]))
    assert field.shape == values.shape
    assert field.dtype == np.float32
    np.testing.assert_allclose(field[values > 0], 1, atol=0.1)


def test_nothing_to_estimate_it_from_is_told() -> None:
    with pytest.raises(DataError, match="has no bias field that could be estimated"):
        bias_field(np.full((3, 3, 3), np.nan, np.float32), np.eye(4))
