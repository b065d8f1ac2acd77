"""The smallest parts of the evidence."""

from dataclasses import FrozenInstanceError, asdict

import pytest

from remembrain.errors import DataError
from remembrain.record.numbers import Number
from remembrain.record.people import Factor
from remembrain.report.reading import validated


def test_a_number_is_known_with_both_ends_alone():
    assert Number(value=0.0, low=0.0, high=0.0).known
    for missing in ("value", "low", "high"):
        number = Number(**{"value": 1.0, "low": 0.0, "high": 2.0, missing: None})
        assert not number.known
        with pytest.raises(DataError, match="was not assessed"):
            number.ends()
    assert Number(value=1.0, low=0.0, high=2.0).ends() == (1.0, 0.0, 2.0)


def test_a_factor_has_its_level_in_its_name_where_it_has_one():
    assert Factor(factor="sex", level="F", n_members=1, n_nonmembers="<10").name == "sex: F"
    assert Factor(factor="age", n_members=1, n_nonmembers=1).name == "age"


def test_parts_are_read_only_and_what_is_new_is_left_aside():
    number = validated(Number, {"value": 1.0, "newer": 2})
    assert "newer" not in asdict(number)
    with pytest.raises(FrozenInstanceError):
        number.value = 2.0
