"""One attack to its figures: values as scikit-learn has them, refusals with reasons, and JSON without NaN."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from simulated_audits import noise, simulate
from sklearn import metrics as sklearn_metrics

from remembrain.errors import DataError
from remembrain.evidence.assess import Assessment, achieved, as_number, assess, not_assessed
from remembrain.evidence.rates import NotAssessed
from remembrain.record.numbers import Number
from remembrain.record.written import as_json
from remembrain.types import Interval


@pytest.mark.parametrize("two_scans", [False, True])
def test_values_are_the_mean_over_repeats_of_scikit_learns(two_scans):
    repeats = simulate(np.random.default_rng(0), 80, 2.0, two_scans=two_scans).repeats
    found = assess(repeats)
    aucs = [sklearn_metrics.roc_auc_score(one.member, one.score) for one in repeats]
    accuracies = [sklearn_metrics.balanced_accuracy_score(one.member, one.score > 0) for one in repeats]
    assert found.auc.value == pytest.approx(np.mean(aucs), abs=1e-12)
    assert found.accuracy.value == pytest.approx(np.mean(accuracies), abs=1e-12)
    assert found.accuracy_sd == pytest.approx(np.std(accuracies, ddof=1), abs=1e-12)
    if not two_scans:
        plain = [sklearn_metrics.accuracy_score(one.member, one.score > 0) for one in repeats]
        assert found.accuracy.value == pytest.approx(np.mean(plain), abs=1e-12)
    assert (found.n_members, found.n_nonmembers, found.repeats) == (80, 80, 5)
    assert all(interval.low < interval.value < interval.high for interval in (found.auc, found.accuracy))


def test_the_same_scores_give_the_same_assessment_and_the_order_of_scans_does_not_matter():
    repeats = simulate(np.random.default_rng(1), 60, 2.0, two_scans=True).repeats
    order = np.random.default_rng(2).permutation(len(repeats[0]))
    first = repeats[0]
    shuffled = replace(
        first,
        participant_id=first.participant_id[order],
        session_id=first.session_id[order],
        member=first.member[order],
        score=first.score[order],
    )
    assert assess(repeats) == assess(repeats)
    other = assess([shuffled, *repeats[1:]])
    assert other.auc.low == pytest.approx(assess(repeats).auc.low)
    assert other.p_value == pytest.approx(assess(repeats).p_value)


def test_perfect_and_inverted_attacks_have_intervals_with_a_width():
    repeats = simulate(np.random.default_rng(3), 100, 1.0).repeats
    for sign in (1, -1):
        told = [replace(one, score=sign * (one.member - 0.5 + one.score * 1e-3)) for one in repeats]
        found = assess(told)
        assert found.auc.value == found.accuracy.value == (1 if sign == 1 else 0)
        for interval in (found.auc, found.accuracy):
            assert 0.03 < interval.high - interval.low < 0.05
        assert (found.p_value < 1e-9) == (sign == 1)
        assert found.p_value_two_sided < 1e-9


def test_one_decision_for_everybody_is_half_right_with_a_width():
    repeats = [replace(one, score=one.score + 100) for one in simulate(np.random.default_rng(4), 50, 3.0).repeats]
    found = assess(repeats)
    assert found.accuracy.value == 0.5
    assert found.accuracy.low < 0.5 < found.accuracy.high


def test_one_repeat_has_no_sd():
    assert assess(simulate(np.random.default_rng(5), 40, 2.0, n_repeats=1).repeats).accuracy_sd is None


@pytest.mark.parametrize("n", [5, 19])
def test_too_few_people_are_not_assessed(n):
    found = assess(simulate(np.random.default_rng(6), n, 2.0).repeats)
    assert found.status == "not assessed"
    assert f"too few people: {n} members and {n} non-members a repeat, 20 of each needed" in found.why
    assert found.auc is found.accuracy is found.p_value is found.p_value_two_sided is None
    assert all(rate == NotAssessed(found.why) for rate in found.tpr_at_fpr.values())


def test_scans_do_not_stand_in_for_people():
    one = simulate(np.random.default_rng(7), 15, 2.0, n_repeats=1).repeats[0]
    again = np.tile(np.arange(len(one)), 2)
    doubled = replace(
        one,
        participant_id=one.participant_id[again],
        session_id=np.repeat(["a", "b"], len(one)),
        member=one.member[again],
        score=one.score[again],
    )
    assert "15 members" in assess([doubled]).why


def test_a_constant_score_in_any_repeat_is_not_assessed():
    repeats = simulate(np.random.default_rng(8), 40, 2.0).repeats
    broken = [*repeats[:3], *(replace(one, score=np.zeros(len(one))) for one in repeats[3:])]
    found = assess(broken)
    assert found.status == "not assessed"
    assert found.why == "the attack gave every scan the same score in 2 of 5 repeats"


@pytest.mark.parametrize("bad", [{"confidence": 1.0}, {"confidence": 0.0}, {"fprs": (0.1, 1.5)}, {"fprs": (0,)}])
def test_levels_lie_between_0_and_1(bad):
    with pytest.raises(DataError, match="between 0 and 1"):
        assess(simulate(np.random.default_rng(9), 40, 2.0).repeats, **bad)


def test_misalignment_raises_and_is_no_reason_for_not_assessed():
    repeats = simulate(np.random.default_rng(10), 40, 2.0).repeats
    with pytest.raises(DataError, match="is a member and a non-member"):
        assess([*repeats, replace(repeats[0], repeat=9, member=~repeats[0].member)])
    with pytest.raises(DataError, match="NaN"):
        assess([replace(repeats[0], score=np.full(len(repeats[0]), np.nan))])
    with pytest.raises(DataError, match="no non-members"):
        assess([replace(repeats[0], member=np.ones(len(repeats[0]), bool))])


def written(assessment: Assessment) -> dict[str, Any]:
    content: dict[str, Any] = as_json(achieved(assessment))
    return content


def test_json_holds_every_figure_and_no_nan():
    content = written(assess(simulate(np.random.default_rng(12), 120, 2.0).repeats))
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert set(content) == {
        *("name", "n_members", "n_nonmembers", "repeats", "accuracy", "auc", "tpr_at_fpr", "quoted_fpr"),
        *("p_value", "p_value_two_sided", "status", "why"),
    }
    assert set(content["accuracy"]) == {"value", "low", "high", "why", "sd"}
    assert set(content["auc"]) == set(content["tpr_at_fpr"]["0.1"]) == {"value", "low", "high", "why"}
    finest = content["tpr_at_fpr"]["0.001"]
    assert (finest["value"], finest["low"], finest["high"]) == (None, None, None)
    assert "at least 1000 are needed" in finest["why"]


def test_json_of_what_was_not_assessed_has_nulls_and_the_reason():
    content = written(not_assessed("network", "there is no such layer"))
    json.dumps(content, allow_nan=False)
    assert content["auc"] == {"value": None, "low": None, "high": None, "why": ""}
    assert content["accuracy"] == {"value": None, "low": None, "high": None, "why": "", "sd": None}
    assert (content["status"], content["why"]) == ("not assessed", "there is no such layer")
    assert content["tpr_at_fpr"]["0.01"]["why"] == "there is no such layer"
    assert as_number(Interval(0.5, 0.4, 0.6, 10, 10)) == Number(value=0.5, low=0.4, high=0.6)


def test_people_differ_from_repeat_to_repeat():
    found = assess(noise(np.random.default_rng(13), 40, "x"))
    assert (found.n_members, found.n_nonmembers) == (40, 40)
