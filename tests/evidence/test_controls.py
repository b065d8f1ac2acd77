"""The null control and the blind baseline hold, fail, or were not assessed; nothing else."""

import json

import numpy as np
import pytest
from judged import made

from remembrain.errors import DataError
from remembrain.evidence.assess import not_assessed
from remembrain.evidence.controls import blind_control, null_control
from remembrain.record.written import as_json


def test_the_null_control_holds_where_nothing_is_told_apart():
    control = null_control({"a": made("a", auc=0.52, two_sided=0.4), "b": made("b", auc=0.44, two_sided=0.006)})
    assert control.status == "holds"
    assert control.adjusted == pytest.approx({"a": 0.4, "b": 0.012})
    assert "smallest adjusted p = 0.012" in control.why
    assert "by chance in at most 1 %" in control.why


@pytest.mark.parametrize("auc", [0.6, 0.4])
def test_the_null_control_fails_in_either_direction(auc):
    control = null_control({"a": made("a", auc=0.5, two_sided=0.9), "b": made("b", auc=auc, two_sided=0.004)})
    assert control.status == "failed"
    assert f"b, AUC {auc:.2f}" in control.why
    assert null_control({"b": made("b", auc=auc, two_sided=0.02)}, level=0.05).status == "failed"


def test_a_null_control_of_nothing_is_not_assessed():
    assert null_control({}).status == "not assessed"
    assert null_control({}).why == "the null control was not run"
    control = null_control({"a": not_assessed("a", "too few people")})
    assert (control.status, control.why) == ("not assessed", "a: too few people")


def test_it_is_known_which_attacks_went_through_the_null_control():
    control = null_control({"a": made("a", two_sided=0.4), "b": not_assessed("b", "too few people")})
    assert control.status == "holds"
    assert control.assessed("a")
    assert not control.assessed("b")
    assert not control.assessed("c")


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(0.45, 0.55, "holds"), (0.5, 0.6, "holds"), (0.51, 0.6, "failed"), (0.4, 0.49, "failed")],
)
def test_the_blind_control_asks_whether_chance_is_in_the_interval(low, high, status):
    control = blind_control(made("blind", auc=(low + high) / 2, low=low, high=high))
    assert control.status == status
    assert ("differ in age, sex, site or intensities" in control.why) == (status == "failed")
    assert ("below chance" in control.why) == (high < 0.5)


def test_a_blind_baseline_that_was_not_assessed_does_not_hold():
    control = blind_control(not_assessed("blind", "there are no ages"))
    assert (control.status, control.why) == ("not assessed", "there are no ages")


def test_the_level_must_be_that_of_the_interval():
    with pytest.raises(DataError, match=r"blind baseline: an interval of confidence 0\.95"):
        blind_control(made("blind"), level=0.01)


def test_json():
    control = null_control({"a": made("a", two_sided=0.4), "b": not_assessed("b", "too few people")})
    content = as_json(control.written())
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert [one["name"] for one in content["attacks"]] == ["a", "b"]
    assert [one["p_value_adjusted"] for one in content["attacks"]] == [pytest.approx(0.4), None]
    assert content["status"] == "holds"
    assert np.isclose(content["level"], 0.01)
