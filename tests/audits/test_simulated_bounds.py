"""Lower bounds on epsilon, simulated: sound ones keep their bounds, and broken ones leave them."""

from __future__ import annotations

from remembrain.audits import simulated_bounds
from remembrain.audits.simulated import Draw
from remembrain.audits.simulated_bounds import lines_of, simulate_bounds
from remembrain.evidence import epsilon_bounds
from remembrain.evidence.one_run import least_epsilon


def left(audits):
    """Return what the figures of epsilon are of, and which of them left their bounds."""
    lines = lines_of([simulate_bounds(Draw(1, place)) for place in range(audits)])
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
    monkeypatch.setattr(simulated_bounds, "ESTIMATORS", (epsilon_bounds.one_run,))
    assert len([name for name in left(100)[1] if "median (one-run)" in name]) == 3
