"""The head that all are brought to."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.grids import GRIDS
from remembrain.cohort.raw.geometry import dice, volume_of
from remembrain.cohort.raw.template import template


@pytest.mark.slow  # reads the template of 1 mm
def test_it_is_a_brain_of_1_9_litres_in_the_middle_whose_halves_are_mirror_images() -> None:
    onto = template()
    assert onto.brain.shape == onto.mask.shape == (91, 109, 91)
    assert onto.grid == GRIDS["mni"]
    assert volume_of(onto.mask, onto.grid.affine) == pytest.approx(1883, abs=5)
    np.testing.assert_allclose(onto.centre, [0, -22, 9.5], atol=0.5)
    assert dice(onto.mask, onto.mask[::-1]) > 0.999
    np.testing.assert_allclose(onto.brain, onto.brain[::-1], atol=0.01)
    assert onto.brain[~onto.mask].mean() < 0.02
    assert onto.brain[onto.mask].mean() > 0.5
