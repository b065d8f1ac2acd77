"""Differences between two attacks on the same people."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_audits import noise, simulate
from sklearn.metrics import roc_auc_score

from remembrain.errors import DataError
from remembrain.evidence.compare import auc_difference


def renamed(repeats, name, change=lambda score: score):
    return [replace(one, attack=name, score=change(one.score)) for one in repeats]


def test_the_value_is_the_difference_of_mean_aucs():
    rng = np.random.default_rng(1)
    attack = simulate(rng, 80, 3.0).repeats
    weaker = renamed(attack, "weak", lambda score: score + 2 * rng.normal(size=len(score)))
    found = auc_difference(attack, weaker)
    means = [np.mean([roc_auc_score(one.member, one.score) for one in repeats]) for repeats in (attack, weaker)]
    assert found.auc.value == pytest.approx(means[0] - means[1])
    assert (found.attack, found.baseline) == ("error-threshold", "weak")
    assert found.auc.low < found.auc.value < found.auc.high
    assert found.p_value < 0.01
    assert auc_difference(weaker, attack).p_value > 0.99


def test_what_both_attacks_share_cancels_out():
    rng = np.random.default_rng(2)
    attack = simulate(rng, 100, 2.0).repeats
    close = renamed(attack, "close", lambda score: score + 0.01 * rng.normal(size=len(score)))
    apart = simulate(rng, 100, 2.0).repeats
    apart = [replace(one, attack="apart", score=rng.permutation(one.score)) for one in attack]
    paired, other = auc_difference(attack, close), auc_difference(attack, apart)
    assert paired.auc.high - paired.auc.low < 0.2 * (other.auc.high - other.auc.low)


def test_an_attack_is_not_better_than_itself():
    attack = simulate(np.random.default_rng(3), 50, 2.0).repeats
    found = auc_difference(attack, renamed(attack, "same", lambda score: 3 * score - 1))
    assert found.auc.value == 0
    assert found.auc.low < 0 < found.auc.high
    assert found.p_value == pytest.approx(0.5)


def test_a_baseline_with_its_sign_inverted_is_credited_with_what_it_knows():
    attack = simulate(np.random.default_rng(4), 100, 3.0).repeats
    upright, inverted = renamed(attack, "b"), renamed(attack, "b", lambda score: -score)
    assert auc_difference(attack, inverted).auc.value == pytest.approx(
        auc_difference(attack, upright).auc.value, abs=1e-12
    )
    assert auc_difference(attack, inverted).p_value > 0.4


def test_perfect_against_its_like_or_against_chance_has_a_width():
    one = simulate(np.random.default_rng(5), 60, 1.0).repeats
    perfect = [replace(scores, attack="perfect", score=scores.member * 1.0) for scores in one]
    constant = [replace(scores, attack="constant", score=np.zeros(len(scores))) for scores in one]
    found = auc_difference(perfect, constant)
    assert found.auc.value == 0.5
    assert 0.4 < found.auc.low < 0.5
    assert found.p_value < 1e-6
    assert auc_difference(constant, perfect).p_value > 0.999


def test_scans_may_come_in_another_order():
    attack = simulate(np.random.default_rng(6), 40, 2.0, two_scans=True).repeats
    baseline = renamed(attack, "b", lambda score: np.random.default_rng(1).normal(size=len(score)))
    turned = [
        replace(
            one,
            participant_id=one.participant_id[::-1],
            session_id=one.session_id[::-1],
            member=one.member[::-1],
            score=one.score[::-1],
        )
        for one in baseline[::-1]
    ]
    assert auc_difference(attack, turned).auc.value == pytest.approx(auc_difference(attack, baseline).auc.value)
    assert auc_difference(attack, turned).auc.low == pytest.approx(auc_difference(attack, baseline).auc.low)


@pytest.mark.parametrize("what", ["people", "repeats", "sessions", "answers"])
def test_different_people_cannot_be_compared(what):
    attack = simulate(np.random.default_rng(7), 30, 2.0).repeats
    other = renamed(attack, "b")
    first = other[0]
    if what == "people":
        names = first.participant_id.copy()
        names[0] = "sub-9999"
        other[0] = replace(first, participant_id=names)
    elif what == "repeats":
        other = other[:-1]
    elif what == "sessions":
        other[0] = replace(first, session_id=np.full(len(first), "ses-9"))
    else:
        other = [replace(one, member=~one.member) for one in other]
    with pytest.raises(DataError, match="error-threshold and b"):
        auc_difference(attack, other)


def test_without_any_difference_its_p_value_is_below_5_percent_in_5_percent_of_audits():
    rng = np.random.default_rng(8)
    audits = 800
    p_values = []
    for _ in range(audits):
        first = noise(rng, 60, "a", shift=0.5)
        second = noise(rng, 60, "b", shift=0.5)
        p_values.append(auc_difference(first, second).p_value)
    share = np.mean(np.array(p_values) < 0.05)
    tolerance = np.sqrt(0.05 * 0.95 / audits)
    assert abs(share - 0.05) < 3 * tolerance, share
