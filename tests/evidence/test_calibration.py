"""Calibrated probabilities against the true posterior, and posteriors against Bayes' rule by hand."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.assess import assess
from remembrain.evidence.calibration import log_odds, membership, posteriors, reliability
from remembrain.types import Scores


def shifted(rng, n, shift, repeats=1, others=None):
    """Scores of n members and others, whose true log-odds of membership are shift * z - shift^2 / 2."""
    others = n if others is None else others
    member = np.arange(n + others) < n
    z = rng.normal(size=n + others) + shift * member
    names = np.array([f"sub-{i:05d}" for i in range(n + others)])
    blank = np.full(n + others, "")
    scores = [Scores("a", r, names, blank, member, 3 * z + 1) for r in range(repeats)]
    return scores, 1 / (1 + np.exp(shift**2 / 2 - shift * z))


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.5])
@pytest.mark.parametrize("others", [1000, 3000])
def test_probabilities_are_the_true_posterior_of_equal_groups(shift, others):
    rng = np.random.default_rng(round(10 * shift) + others)
    scores, truth = shifted(rng, 1000, shift, others=others)
    found = membership(scores, rng)
    # two parameters fitted on 800 people a group or more err by about sqrt(2 / 800) in log-odds, a quarter of it here
    assert np.abs(found.probability - truth).mean() < 0.25 * np.sqrt(2 / 800) + 0.005


def test_a_person_is_judged_by_what_others_taught():
    """Scores without information leave everybody near one half, however well they could be recalled."""
    rng = np.random.default_rng(0)
    found = membership(shifted(rng, 200, 0.0, repeats=3)[0], rng)
    assert np.abs(found.probability - 0.5).max() < 0.25
    assert reliability("a", found).brier == pytest.approx(0.25, abs=0.01)


def test_an_inverted_attack_is_not_turned_round():
    rng = np.random.default_rng(1)
    scores, _ = shifted(rng, 300, -1.0)
    assert np.ptp(membership(scores, rng).probability) < 0.05


def test_separated_groups_have_finite_odds():
    found = log_odds(np.r_[np.ones(20), np.zeros(20)], np.arange(40) < 20)
    assert np.isfinite([*found.slopes, found.offset]).all()
    assert 0.9 < 1 / (1 + np.exp(-found(np.ones(1))[0])) < 1


def test_odds_never_fall_with_the_score_and_bend_at_the_hinges_alone():
    rng = np.random.default_rng(5)
    score, member = rng.normal(size=400), rng.random(400) < 0.5
    found = log_odds(score, member)
    grid = np.linspace(-4, 4, 801)
    assert np.all(np.diff(found(grid)) >= -1e-12)
    np.testing.assert_allclose(found.hinges, np.quantile(score, [0.5, 0.9]))
    bends = np.abs(np.diff(found(grid), 2)) > 1e-9
    assert all(np.abs(found.hinges - place).min() < 0.011 for place in grid[1:-1][bends])


def memorised(rng, n):
    """Scores where one member in twenty is memorised, six standard deviations ahead, and each one's true posterior."""
    member = np.arange(2 * n) < n
    z = rng.normal(size=2 * n) + 6 * (member & (rng.random(2 * n) < 0.05))
    ratio = 0.95 + 0.05 * np.exp(6 * z - 18)
    names = np.array([f"sub-{i:05d}" for i in range(2 * n)])
    return [Scores("a", 0, names, np.full(2 * n, ""), member, z)], ratio / (1 + ratio)


@pytest.mark.parametrize("n", [120, 500])
def test_the_memorised_get_the_probability_that_they_have(n):
    """Root mean square error at most 0.045, where a single slope has 0.06, and the memorised above 0.9, not at 0.7."""
    rng, off, told = np.random.default_rng(n), [], []
    for _ in range(40):
        scores, truth = memorised(rng, n)
        found = membership(scores, rng)
        off.append(np.mean((found.probability - truth) ** 2))
        told += found.probability[truth > 0.999].tolist()
    assert np.sqrt(np.mean(off)) < 0.045
    assert np.mean(told) > 0.9


def test_other_priors_move_the_odds():
    rng = np.random.default_rng(2)
    found = membership(shifted(rng, 300, 1.0)[0], rng)
    odds = found.probability / (1 - found.probability)
    at = found.at(0.01)
    assert at / (1 - at) == pytest.approx(odds / 99)


def test_what_is_predicted_lies_in_the_observed_intervals_as_often_as_they_say():
    rng = np.random.default_rng(3)
    inside = []
    for _ in range(40):
        found = membership(shifted(rng, 500, 1.0)[0], rng)
        bins = reliability("a", found).bins
        assert sum(one.n for one in bins) == 1000
        assert min(one.n for one in bins) >= 20
        inside += [one.observed.low <= one.predicted <= one.observed.high for one in bins]
    # Clopper and Pearson's intervals cover at least 95 %; fitting moves predictions by less than their width
    assert np.mean(inside) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / len(inside))


def test_groups_of_different_sizes_weigh_the_same():
    rng = np.random.default_rng(4)
    bins = reliability("a", membership(shifted(rng, 300, 1.0, others=1500)[0], rng)).bins
    assert np.mean([abs(one.predicted - one.observed.value) for one in bins]) < 0.08


@pytest.mark.parametrize(("n", "others", "folds"), [(1, 30, 5), (30, 1, 5), (30, 30, 1)])
def test_nobody_is_judged_without_members_and_others_to_learn_from(n, others, folds):
    rng = np.random.default_rng(7)
    with pytest.raises(DataError):
        membership(shifted(rng, n, 1.0, others=others)[0], rng, folds=folds)


@pytest.mark.parametrize(("n", "bins"), [(9, 0), (10, 1), (19, 1), (20, 2), (200, 10)])
def test_no_bin_is_of_fewer_than_20_people(n, bins):
    rng = np.random.default_rng(8)
    found = reliability("a", membership(shifted(rng, n, 1.0)[0], rng))
    assert len(found.bins) == bins
    assert all(one.n >= 20 for one in found.bins)
    assert 0 < found.brier < 1


def test_posteriors_are_bayes_rule():
    rng = np.random.default_rng(5)
    found = assess(shifted(rng, 400, 1.0)[0])
    rows = {(row.prior, row.fpr): row for row in posteriors(found)}
    assert set(rows) == {(p, f) for p in (0.01, 0.1, 0.5) for f in (0.1, 0.01)}
    rate = found.tpr_at_fpr[0.1].value
    assert rows[0.01, 0.1].posterior.value == pytest.approx(0.01 * rate / (0.01 * rate + 0.99 * 0.1))
    low = found.tpr_at_fpr[0.1].low
    assert rows[0.5, 0.1].posterior.low == pytest.approx(0.5 * low / (0.5 * low + 0.5 * 0.1))


def test_a_rate_that_people_cannot_resolve_has_no_posterior():
    rng = np.random.default_rng(6)
    rows = posteriors(assess(shifted(rng, 50, 1.0)[0]))
    unresolved = [row for row in rows if row.fpr == 0.01]
    assert all(row.posterior.value is None and "cannot resolve" in row.posterior.why for row in unresolved)
