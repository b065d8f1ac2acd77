"""The self-test: bounds are kept by sound code, left by broken code, and the last result is there for reports."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from remembrain.attacks import CORE
from remembrain.errors import DataError, RemembrainError
from remembrain.evidence import epsilon_bounds
from remembrain.evidence.one_run import least_epsilon
from remembrain.evidence.power import AGREEMENT, level_of_each, power
from remembrain.study.selftest import epsilon as selftest_epsilon
from remembrain.study.selftest import run, simulated
from remembrain.study.selftest.epsilon import EpsilonChunk, epsilon_lines, simulate_epsilon
from remembrain.study.selftest.figures import Line, median_line, share_line
from remembrain.study.selftest.run import insist, lines_of, run_selftest
from remembrain.study.selftest_kept import read_last

EVERY = simulated.ATTACKS


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few people and repeats, and one attack that is drawn in place of seven: what is judged here are bounds."""
    monkeypatch.setattr(simulated, "SIDES", (100,))
    monkeypatch.setattr(simulated, "REPEATS", 2)
    monkeypatch.setattr(simulated, "PERMUTATIONS", 199)
    monkeypatch.setattr(simulated, "ATTACKS", EVERY[:3])


def figures(result):
    return {line["name"]: (line["value"], line["n"]) for line in result["lines"]}


def test_sound_code_keeps_its_bounds_and_the_same_seed_gives_the_same_figures(tmp_path):
    first = run_selftest(audits=20, seed=3, workers=1, path=tmp_path / "a.json")
    assert first["passed"]
    insist(first)
    again = run_selftest(audits=20, seed=3, workers=1, path=tmp_path / "b.json")
    assert figures(again) == figures(first)
    kept = read_last(tmp_path / "a.json")
    assert kept["same_version"]
    assert kept["audits"] == 20
    assert figures(kept) == figures(first)
    printed = "\n".join(lines_of(first))
    assert "false alarms of the whole audit" in printed
    assert "bounds on epsilon above the truth (one-run)" in printed
    assert "OUTSIDE" not in printed


def test_intervals_that_are_too_narrow_are_found(tmp_path, monkeypatch):
    from remembrain.evidence import assess

    real = assess.standard_error
    monkeypatch.setattr(assess, "standard_error", lambda *given: real(*given) / 6)
    result = run_selftest(audits=20, seed=0, workers=1, path=tmp_path / "a.json")
    assert not result["passed"]
    with pytest.raises(RemembrainError, match="intervals of the AUC that contain the truth"):
        insist(result)


def left(audits):
    """Return what the figures of epsilon are of, and which of them left their bounds."""
    lines = epsilon_lines(simulate_epsilon(EpsilonChunk(1, tuple(range(audits)))))
    return {line.name: line.n for line in lines}, [line.name for line in lines if not line.passed]


def test_sound_lower_bounds_on_epsilon_keep_their_bounds():
    counted, broken = left(100)
    assert not broken
    assert counted["bounds on epsilon above 0 without a leak (clopper-pearson)"] == 100
    assert counted["bounds on epsilon above the truth (one-run-f-dp)"] == 100
    medians = {name: n for name, n in counted.items() if "median" in name}
    assert medians == {
        f"share of an epsilon of {epsilon} that is found, median (gaussian-dp)": 20 for epsilon in (2, 4, 8)
    }


def test_bounds_on_epsilon_that_are_estimates_are_found(monkeypatch):
    def share(share, n, error):
        return share

    def at_half(people, guesses, right, delta, error):
        return least_epsilon(people, guesses, right, delta, 0.5)

    def never(people, guesses, right, epsilon, delta):
        return 0.0

    monkeypatch.setattr(epsilon_bounds, "share_at_least", share)
    monkeypatch.setattr(epsilon_bounds, "least_epsilon", at_half)
    monkeypatch.setattr(epsilon_bounds, "p_value", never)
    _, broken = left(60)
    assert "bounds on epsilon above 0 without a leak (one-run)" in broken
    assert "bounds on epsilon above 0 without a leak (gaussian-dp)" in broken
    assert "bounds on epsilon above the truth (gaussian-dp)" in broken


def test_bounds_on_epsilon_that_find_too_little_are_found(monkeypatch):
    monkeypatch.setattr(selftest_epsilon, "ESTIMATORS", (epsilon_bounds.one_run,))
    assert len([name for name in left(100)[1] if "median (one-run)" in name]) == 3


def test_figures_have_the_intervals_of_their_kind():
    share = share_line("x", [True] * 3 + [False] * 17, None, 0.07)
    exact = stats.binomtest(3, 20).proportion_ci(0.95, method="exact")
    assert (share.value, share.low, share.high) == pytest.approx((0.15, exact.low, exact.high))
    median = median_line("x", list(range(101)), 0.7, None)
    assert (median.value, median.low, median.high) == (50, 40, 60)  # P(Bin(101, 1/2) <= 40) is 2.3 %
    assert (median_line("x", [3.0, 1.0], None, None).low, median_line("x", [3.0, 1.0], None, None).high) == (1, 3)


@pytest.mark.parametrize(
    ("value", "low", "high", "n", "passed"),
    [
        (0.05, 0.01, 0.2, 40, True),
        (0.2, 0.08, 0.35, 40, False),  # the whole interval is above
        (0.08, 0.06, 0.1, 1000, False),  # of a thousand audits the figure itself counts
        (0.069, 0.05, 0.09, 1000, True),
        (0.02, 0.01, 0.04, 1000, False),
    ],
)
def test_bounds_are_held_by_the_interval_of_few_and_by_the_figure_of_many(value, low, high, n, passed):
    assert Line("false alarms", value, low, high, n, 0.03, 0.07).passed is passed


def test_no_result_or_a_broken_one_is_none(tmp_path):
    assert read_last(tmp_path / "none.json") is None
    (tmp_path / "broken.json").write_text("{")
    assert read_last(tmp_path / "broken.json") is None
    (tmp_path / "part.json").write_text(json.dumps({"version": "0.0.1"}))
    assert read_last(tmp_path / "part.json") is None
    whole = {"created": "2026", "version": "0.0.1", "seed": 0, "audits": 20, "passed": True, "lines": []}
    (tmp_path / "other.json").write_text(json.dumps(whole))
    assert read_last(tmp_path / "other.json")["same_version"] is False


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_thousand_audits_keep_every_bound(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(simulated, "SIDES", (100, 150, 200, 300, 500, 1000))
    result = run_selftest(audits=1000, seed=seed, workers=1, path=tmp_path / "a.json")
    insist(result)
    assert min(line["n"] for line in result["lines"] if "single test" in line["name"]) == 1000


def test_too_few_audits_are_refused():
    with pytest.raises(DataError, match="expected at least 20"):
        run_selftest(audits=3, seed=0)


def test_as_many_attacks_are_simulated_as_an_audit_runs(monkeypatch):
    monkeypatch.setattr(simulated, "ATTACKS", EVERY)
    found = simulated._audit(1, 0, leak=True)
    assert len(found["tests"]) == len(EVERY) == len(CORE)
    assert run.least_power(0.6, whole_audit=True) == pytest.approx(
        power(0.6, (100, 100), level_of_each(len(CORE))) - 0.1
    )


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
