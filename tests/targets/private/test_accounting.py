"""Epsilon against closed forms, two accountants against each other, calibration, and what is refused."""

from __future__ import annotations

import math

import pytest
from scipy import optimize, stats

from remembrain.errors import RemembrainError, UsageError
from remembrain.targets.private import accounting
from remembrain.targets.private.accounting import compact, epsilon_of, noise_for, repeated, second_opinion
from remembrain.targets.private.mechanism import Privacy


def exact_gaussian(noise, delta):
    """Epsilon of one Gaussian mechanism (Balle & Wang 2018, theorem 8)."""
    mu = 1 / noise

    def gap(epsilon):
        upper = stats.norm.cdf(mu / 2 - epsilon / mu)
        return upper - math.exp(epsilon) * stats.norm.cdf(-mu / 2 - epsilon / mu) - delta

    return optimize.brentq(gap, 1e-6, 200)


@pytest.mark.parametrize("noise", [0.5, 1.0, 3.0, 10.0])
def test_one_gaussian_step_costs_its_closed_form_and_at_most_what_is_stated(noise):
    exact = exact_gaussian(noise, 1e-5)
    spent = ((noise, 1.0, 1),)
    assert second_opinion(spent, 1e-5).epsilon == pytest.approx(exact, rel=2e-3)
    assert exact <= epsilon_of(spent, 1e-5) <= 1.35 * exact


def test_k_full_steps_are_one_with_less_noise():
    spent, once = ((4.0, 1.0, 16),), ((1.0, 1.0, 1),)
    assert second_opinion(spent, 1e-5).epsilon == pytest.approx(exact_gaussian(1.0, 1e-5), rel=2e-3)
    assert epsilon_of(spent, 1e-5) == pytest.approx(epsilon_of(once, 1e-5), rel=1e-6)


@pytest.mark.parametrize("noise", [0.6, 1.0, 4.0])
def test_the_epsilon_of_record_is_never_below_the_second_opinion(noise):
    spent = ((10.0, 1.0, 1), (noise, 0.04, 400))
    first, second = epsilon_of(spent, 1e-5), second_opinion(spent, 1e-5).epsilon
    assert second <= first <= 1.4 * second


def test_almost_no_noise_has_an_epsilon_and_none_has_none():
    assert 1e3 < epsilon_of(((0.05, 0.04, 400),), 1e-5) < math.inf
    assert second_opinion(((0.05, 0.04, 400),), 1e-5).accountant.endswith("Rényi")
    assert epsilon_of(((0.0, 0.04, 400),), 1e-5) == math.inf
    assert second_opinion(((0.0, 0.04, 400),), 1e-5).epsilon == math.inf
    assert epsilon_of((), 1e-5) == 0.0


def test_much_noise_costs_nothing_and_never_less():
    assert epsilon_of(((200.0, 0.1, 10),), 0.01) >= 0.0
    assert second_opinion(((200.0, 0.1, 10),), 0.01).epsilon >= 0.0


def test_accountants_that_disagree_are_not_relied_on(monkeypatch):
    monkeypatch.setattr(accounting, "_by_dp_accounting", lambda *_, **__: 99.0)
    with pytest.raises(RemembrainError, match="two accountants disagree"):
        second_opinion(((1.0, 0.04, 100),), 1e-5)


@pytest.mark.parametrize("epsilon", [0.5, 2.0, 8.0, 200.0])
def test_noise_for_an_epsilon_keeps_to_it_and_is_hardly_more_than_needed(epsilon):
    before = ((40.0, 1.0, 1),)
    noise = noise_for(epsilon, 1e-5, 0.04, 250, before)
    assert epsilon_of((*before, (noise, 0.04, 250)), 1e-5) <= epsilon
    assert epsilon_of((*before, (noise * 0.99, 0.04, 250)), 1e-5) > epsilon


def test_steps_in_pieces_cost_what_they_do_in_one():
    pieces = ((1.0, 0.04, 100), (10.0, 1.0, 1), (1.0, 0.04, 25))
    assert compact(pieces) == ((1.0, 0.04, 125), (10.0, 1.0, 1))
    assert epsilon_of(pieces, 1e-5) == epsilon_of(compact(pieces), 1e-5)
    assert repeated([((1.0, 0.04, 100),)] * 2, 1e-5) == epsilon_of(((1.0, 0.04, 200),), 1e-5)


def test_an_epsilon_out_of_reach_says_what_to_change():
    with pytest.raises(UsageError, match="out of reach") as caught:
        Privacy(epsilon=1e-5, delta=1e-9).over(50, 50, 100000)
    assert "fewer --epochs" in str(caught.value)
