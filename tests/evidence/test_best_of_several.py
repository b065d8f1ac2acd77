"""The best of several attacks has an interval that holds, and no wider than attacks that agree need."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.assess import assess
from remembrain.evidence.best_of_several import confidence_of_each, confidence_of_each_difference
from remembrain.evidence.compare import auc_difference
from remembrain.types import Scores


def audit(rng, n, attacks, agree, auc):
    """Attacks of the same true AUC on n members and n others, whose scores correlate."""
    member, names = np.arange(2 * n) < n, np.arange(2 * n).astype(str)
    common = rng.normal(size=2 * n)
    shift = np.sqrt(2) * stats.norm.ppf(auc) * member
    return {
        f"a{place}": [
            Scores(
                f"a{place}",
                0,
                names,
                np.full(2 * n, ""),
                member,
                np.sqrt(agree) * common + np.sqrt(1 - agree) * rng.normal(size=2 * n) + shift,
            )
        ]
        for place in range(attacks)
    }


def test_one_attack_keeps_its_confidence_and_attacks_that_are_the_same_count_once():
    attacks = audit(np.random.default_rng(0), 60, 1, 0.0, 0.7)
    assert confidence_of_each(attacks, np.random.default_rng(1)) == 0.95
    again = {**attacks, "b": [Scores("b", *list(vars(attacks["a0"][0]).values())[1:])]}
    assert confidence_of_each(again, np.random.default_rng(1)) == pytest.approx(0.95, abs=0.003)


def test_attacks_that_have_nothing_in_common_need_what_independence_needs():
    """1 - (1 - 0.95^(1/8)), Sidak 1967; Student's common denominator asks for a little less."""
    attacks = audit(np.random.default_rng(2), 2000, 8, 0.0, 0.6)
    found = confidence_of_each(attacks, np.random.default_rng(3))
    assert found == pytest.approx(0.95 ** (1 / 8), abs=0.001)
    agreeing = confidence_of_each(audit(np.random.default_rng(2), 2000, 8, 0.8, 0.6), np.random.default_rng(3))
    assert 0.975 < agreeing < found - 0.003


@pytest.mark.slow
@pytest.mark.parametrize(("agree", "auc"), [(0.8, 0.75), (0.0, 0.6)])
def test_the_interval_of_the_best_covers_the_truth(agree, auc):
    """Of 15 attacks of the same AUC; an interval by itself covers the best of those that do not agree in half."""
    rng, audits = np.random.default_rng(4), 250
    held = []
    for _ in range(audits):
        attacks = audit(rng, 60, 15, agree, auc)
        each = confidence_of_each(attacks, rng)
        best = max(attacks, key=lambda name: assess(attacks[name], fprs=()).auc.value)
        found = assess(attacks[best], fprs=(), confidence=each).auc
        held.append(found.low <= auc <= found.high)
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / audits)


@pytest.mark.slow
def test_differences_hold_for_every_pair():
    """Three attacks less the best of three baselines, all of the same AUC: no difference is shown in 95 %."""
    rng, audits = np.random.default_rng(5), 200
    held = []
    for _ in range(audits):
        attacks = audit(rng, 60, 6, 0.5, 0.7)
        more, black = ({name: attacks[name] for name in names} for names in (("a0", "a1", "a2"), ("a3", "a4", "a5")))
        each = confidence_of_each_difference(more, black, rng)
        found = [auc_difference(one, other, confidence=each).auc for one in more.values() for other in black.values()]
        held.append(all(one.low <= 0 <= one.high for one in found))
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / audits)
