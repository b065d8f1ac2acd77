"""Holm's correction."""

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.significance import holm


def test_holm_by_hand():
    adjusted = holm({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.005})
    assert adjusted == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06, "d": 0.02})
    assert list(adjusted) == ["a", "b", "c", "d"]
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


@pytest.mark.parametrize("bad", [[0.5, np.nan], [1.5], [-0.1]])
def test_what_is_no_p_value_is_refused(bad):
    with pytest.raises(DataError, match="p-values"):
        holm(dict(enumerate(bad)))
