"""Simulated audits: as many attacks as an audit runs, which agree as attacks on one target do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.attacks import CORE
from remembrain.audits import simulated
from remembrain.audits.simulated import Draw, Outcome, least_power, lines_of
from remembrain.evidence.power import AGREEMENT, level_of_each, power

EVERY = simulated.ATTACKS
pytestmark = pytest.mark.usefixtures("small_audits")


def test_as_many_attacks_are_simulated_as_an_audit_runs(monkeypatch):
    monkeypatch.setattr(simulated, "ATTACKS", EVERY)
    outcome = simulated.simulate(Draw(1, 0, leak=True))
    assert outcome.leak == simulated.AUCS[0]
    assert len(outcome.tests) == len(EVERY) == len(CORE)
    assert least_power(0.6, whole_audit=True) == pytest.approx(power(0.6, (100, 100), level_of_each(len(CORE))) - 0.1)


def test_stand_ins_agree_with_each_other_as_attacks_on_one_target_do(monkeypatch):
    """20,000 normal errors: a correlation of 0.8 has a standard error of 0.36 / sqrt(20,000) = 0.0025."""
    monkeypatch.setattr(simulated, "ATTACKS", EVERY)
    rng = np.random.default_rng(0)
    drawn = simulated._drawn(rng, rng.normal(size=20_000))
    error = drawn.pop("error")
    together = np.corrcoef([stats.norm.ppf(stats.rankdata(-np.abs(error)) / 20_001), *drawn.values()])
    assert len(together) == len(EVERY) - 1  # of the two that are no stand-ins, the threshold's ranking is here
    np.testing.assert_allclose(together[0, 1:], np.sqrt(AGREEMENT), atol=0.005)
    np.testing.assert_allclose(together[1:, 1:][np.triu_indices(len(drawn), 1)], AGREEMENT, atol=0.01)


def test_figures_are_shares_of_the_audits_that_they_are_of():
    names = [attack.name for attack in simulated.SIMULATED]

    def outcome(leak, hit):
        covered = dict.fromkeys(("AUC", "accuracy", "rate"), not hit)
        return Outcome(leak, dict.fromkeys(names, hit), recognised=hit, null_failed=False, covered=covered)

    leaking = [outcome(auc, auc > 0.7) for auc in simulated.AUCS for _ in range(5)]
    lines = {line.name: line for line in lines_of([outcome(None, place == 0) for place in range(20)] + leaking)}
    alarms = lines["false alarms of the whole audit"]
    assert (alarms.value, alarms.n, alarms.most) == (0.05, 20, 0.07)
    assert lines["null controls that fail"].n == 35
    covered = lines["95 % intervals of the AUC that contain the truth"]
    assert (covered.value, covered.passed) == (pytest.approx(24 / 35), False)
    assert [lines[f"leaks of AUC {auc:g} found by the whole audit"].value for auc in simulated.AUCS] == [0, 1, 1]
    assert not lines["leaks of AUC 0.6 found (error-threshold)"].passed
