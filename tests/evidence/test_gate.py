"""The limit is kept only where everything was assessed and every upper end is at or below it."""

from dataclasses import replace

import pytest
from judged import TOO_FEW, blind_of, made, null_of

from remembrain.errors import DataError
from remembrain.evidence.assess import not_assessed
from remembrain.evidence.controls import blind_control, null_control
from remembrain.evidence.gate import exceeds


def held(*assessments, measure="auc", limit=0.6, null=None, blind=None):
    named = {one.attack: one for one in assessments}
    return exceeds(named, measure, limit, null=null or null_of(*named), blind=blind or blind_of())


def test_the_upper_end_counts_and_not_the_value():
    within, above = held(made("a", auc=0.55, high=0.6)), held(made("a", auc=0.55, high=0.6001))
    assert not within.exceeds
    assert "the interval of a reaches auc 0.6, the highest of 1 attacks" in within.text
    assert above.exceeds
    assert "auc 0.6001, above the limit of 0.6" in above.text


def test_the_highest_attack_decides():
    verdict = held(made("a", high=0.55), made("b", auc=0.6, high=0.65))
    assert verdict.exceeds
    assert "b reaches auc 0.65" in verdict.text


def test_every_measure():
    assert not held(made("a"), measure="accuracy", limit=0.54).exceeds
    assert held(made("a"), measure="accuracy", limit=0.53).exceeds
    assert not held(made("a"), measure="tpr@0.01", limit=0.04).exceeds
    assert held(made("a"), measure="tpr@0.01", limit=0.03).exceeds


@pytest.mark.parametrize(
    ("assessments", "more", "why"),
    [
        ([], {}, "no attack was assessed"),
        ([not_assessed("a", "too few people")], {}, "no attack was assessed"),
        ([made("a"), not_assessed("c", "did not apply")], {}, "c was not assessed (did not apply)"),
        ([made("a")], {"null": null_of("a", p=1e-9)}, "the null control failed"),
        ([made("a")], {"null": null_control({})}, "the null control was not assessed"),
        ([made("a")], {"null": null_of("b")}, "a has no null control"),
        ([made("a")], {"blind": blind_of(0.7)}, "the blind baseline failed"),
        (
            [made("a")],
            {"blind": blind_control(not_assessed("blind", "no ages"))},
            "the blind baseline was not assessed",
        ),
        ([made("a"), made("b", auc=0.06, two_sided=1e-9)], {}, "b is inverted"),
        ([made("a")], {"measure": "tpr@0.001"}, "a has no tpr@0.001"),
    ],
)
def test_what_was_not_assessed_does_not_pass(assessments, more, why):
    verdict = held(*assessments, **({"limit": 1.0} | more))
    assert verdict.exceeds
    assert why in verdict.text


def test_an_attack_without_the_rate_does_not_pass_beside_one_with_it():
    with_rate = made("a")
    without = replace(made("b"), tpr_at_fpr={0.01: TOO_FEW})
    assert held(with_rate, without, measure="tpr@0.01", limit=1.0).exceeds


@pytest.mark.parametrize(
    ("measure", "limit", "message"),
    [("auc", 1.5, "limit"), ("auc", float("nan"), "limit"), ("tpr@0.5", 0.1, "no measure"), ("risk", 0.1, "auc, acc")],
)
def test_limits_that_mean_nothing_raise(measure, limit, message):
    with pytest.raises(DataError, match=message):
        held(made("a"), measure=measure, limit=limit)


def test_where_members_were_drawn_by_lot_a_blind_baseline_that_fails_is_chance_and_one_that_is_missing_is_not():
    attack = made("a", high=0.55)
    alone = exceeds({"a": attack}, "auc", 0.6, null=null_of("a"), blind=blind_of(0.7), by_lot=True)
    assert not alone.exceeds
    missing = blind_control(not_assessed("blind", "no ages"))
    assert exceeds({"a": attack}, "auc", 0.6, null=null_of("a"), blind=missing, by_lot=True).exceeds
    told = held(attack, blind=blind_of(0.7))
    assert told.exceeds
    assert "of sound audits 5 % fail it by chance" in told.text
