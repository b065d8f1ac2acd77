"""Evidence is written by the names of its fields, and nothing that JSON has not gets in."""

import numpy as np
import pytest

from remembrain.record.numbers import Number
from remembrain.record.references import ErrorBeside, Power, PowerOf
from remembrain.record.written import as_json
from remembrain.report.reading import validated

NUMBER = Number(value=0.5, low=0.25, high=0.75)
WRITTEN = {"value": 0.5, "low": 0.25, "high": 0.75, "why": ""}


def test_every_field_is_written_under_its_own_name_to_any_depth():
    power = Power(models=2, attacks=(PowerOf(name="lira", auc=NUMBER, tpr=Number(why="too few")),))
    assert as_json(power) == {
        "models": 2,
        "attacks": [
            {"name": "lira", "auc": WRITTEN, "tpr": {"value": None, "low": None, "high": None, "why": "too few"}}
        ],
    }
    assert as_json({1: (True, None, "a"), "b": [NUMBER]}) == {"1": [True, None, "a"], "b": [WRITTEN]}


def test_what_is_written_is_read_as_the_same():
    beside = ErrorBeside(target=NUMBER, references=4.0, difference=0.5, p_value=0.2)
    assert validated(ErrorBeside, as_json(beside)) == beside


@pytest.mark.parametrize("part", [np.zeros(2), {1, 2}, object(), np.float32(1)])
def test_what_json_has_not_is_refused(part):
    with pytest.raises(TypeError, match="has no place in a record"):
        as_json({"part": [part]})
