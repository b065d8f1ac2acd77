"""Numbers with their intervals: known with both ends alone, and read only."""

from dataclasses import FrozenInstanceError, asdict

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.record.numbers import Number, array
from remembrain.report.reading import validated


def test_a_number_is_known_with_both_ends_alone():
    assert Number(value=0.0, low=0.0, high=0.0).known
    for missing in ("value", "low", "high"):
        number = Number(**{"value": 1.0, "low": 0.0, "high": 2.0, missing: None})
        assert not number.known
        with pytest.raises(DataError, match="was not assessed"):
            number.ends()
    assert Number(value=1.0, low=0.0, high=2.0).ends() == (1.0, 0.0, 2.0)


def test_parts_are_read_only_and_what_is_new_is_left_aside():
    number = validated(Number, {"value": 1.0, "newer": 2})
    assert "newer" not in asdict(number)
    with pytest.raises(FrozenInstanceError):
        number.value = 2.0


def test_what_is_not_known_is_nan_in_an_array():
    assert array([1.0, None]) == pytest.approx([1.0, np.nan], nan_ok=True)
