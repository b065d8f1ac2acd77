"""Scans are laid as a network wants them where axes of one differ, and never otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.targets.brought.shapes import fitted

SCANS = np.arange(24.0).reshape(2, 1, 3, 4)


@pytest.mark.parametrize("wanted", [None, (1, 3, 4), (1, None, None), (3, 4), (12,), (1, 1, 3, 4)])
def test_axes_of_one_come_and_go(wanted):
    seen = fitted(np.asarray, wanted, (1, 3, 4), "n", "--grid")(list(SCANS))
    assert seen.shape[1:] == ((1, 3, 4) if wanted is None or None in wanted else wanted)
    np.testing.assert_array_equal(seen.reshape(2, -1), SCANS.reshape(2, -1))


def test_another_shape_is_refused():
    with pytest.raises(DataError, match="reads 1 x 4 x 3, and the data are 1 x 3 x 4"):
        fitted(np.asarray, (1, 4, 3), (1, 3, 4), "n", "--grid")
