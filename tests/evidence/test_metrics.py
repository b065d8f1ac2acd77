"""The figures against closed forms, naive twins, scikit-learn and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sklearn_metrics

from remembrain.errors import DataError
from remembrain.evidence.metrics import (
    auc,
    balanced_accuracy,
    roc,
    tpr_at_fpr,
)


def naive_auc(member, score):
    """Compare every member with every non-member, one pair after the other."""
    won = 0.0
    for i in np.flatnonzero(member):
        for j in np.flatnonzero(~member):
            won += 1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0
    return won / (member.sum() * (~member).sum())


def naive_tpr(member, score, fpr):
    """Count the members above one non-member after the other, from the highest down, and go between two by rank."""
    others = sorted(score[~member], reverse=True)
    above = [0.0, *(np.mean(score[member] > other) for other in others), 1.0]
    rank = fpr * (len(others) + 1)
    return above[int(rank)] + (rank - int(rank)) * (above[int(rank) + 1] - above[int(rank)])


@st.composite
def audited(draw):
    """Some members and non-members with scores from a few values, so that ties are common."""
    n = draw(st.integers(2, 30))
    member = np.array([True, False, *draw(st.lists(st.booleans(), min_size=n - 2, max_size=n - 2))])
    score = np.array(draw(st.lists(st.integers(-4, 4), min_size=n, max_size=n)), dtype=float)
    return member, score


@settings(deadline=None)
@given(audited())
def test_auc_is_the_share_of_pairs_in_the_right_order(both):
    member, score = both
    assert auc(member, score) == pytest.approx(naive_auc(member, score), abs=1e-12)


@settings(deadline=None)
@given(audited())
def test_point_values_are_those_of_scikit_learn(both):
    member, score = both
    assert auc(member, score) == pytest.approx(sklearn_metrics.roc_auc_score(member, score), abs=1e-12)
    expected = sklearn_metrics.balanced_accuracy_score(member, score > 0)
    assert balanced_accuracy(member, score) == pytest.approx(expected, abs=1e-12)
    false_positives, true_positives, _ = sklearn_metrics.roc_curve(member, score, drop_intermediate=False)
    np.testing.assert_allclose(roc(member, score), [false_positives, true_positives], atol=1e-12)


@settings(deadline=None)
@given(audited(), st.sampled_from([0.001, 0.1, 0.2, 0.25, 0.5, 0.9]))
def test_the_rate_lies_between_those_above_two_non_members(both, fpr):
    member, score = both
    assert tpr_at_fpr(member, score, fpr) == pytest.approx(naive_tpr(member, score, fpr), abs=1e-12)


@settings(deadline=None)
@given(audited())
def test_only_the_order_of_scores_matters(both):
    member, score = both
    stretched = np.exp(score) * 7 - 3
    assert auc(member, stretched) == auc(member, score)
    assert tpr_at_fpr(member, stretched, 0.3) == tpr_at_fpr(member, score, 0.3)


@settings(deadline=None)
@given(audited())
def test_swapping_the_groups_or_the_sign_mirrors_the_auc(both):
    member, score = both
    assert auc(~member, score) == pytest.approx(1 - auc(member, score))
    assert auc(member, -score) == pytest.approx(1 - auc(member, score))


@settings(deadline=None)
@given(audited())
def test_scans_may_come_in_any_order(both):
    member, score = both
    order = np.random.default_rng(0).permutation(len(score))
    assert auc(member[order], score[order]) == pytest.approx(auc(member, score))
    assert tpr_at_fpr(member[order], score[order], 0.2) == tpr_at_fpr(member, score, 0.2)


def test_binormal_scores_give_their_closed_forms():
    n, d = 200_000, 1.3
    rng = np.random.default_rng(1)
    member = np.arange(2 * n) < n
    score = rng.normal(size=2 * n) + np.where(member, d / 2, -d / 2)
    assert auc(member, score) == pytest.approx(stats.norm.cdf(d / np.sqrt(2)), abs=0.003)
    assert balanced_accuracy(member, score) == pytest.approx(stats.norm.cdf(d / 2), abs=0.004)
    for fpr in (0.1, 0.01):
        expected = stats.norm.sf(stats.norm.isf(fpr) - d)
        assert tpr_at_fpr(member, score, fpr) == pytest.approx(expected, abs=0.006)


def test_the_best_error_threshold_is_as_good_as_theory_says():
    """Tan et al. 2022 (arXiv 2202.01243): Gaussian residuals of SD s1 (members) and s0 (others)."""
    n, s1, s0 = 200_000, 1.0, 2.5
    best = np.sqrt(s0**2 * s1**2 * np.log(s0**2 / s1**2) / (s0**2 - s1**2))
    advantage = 2 * abs(stats.norm.cdf(best / s1) - stats.norm.cdf(best / s0))
    member = np.arange(2 * n) < n
    error = np.random.default_rng(2).normal(size=2 * n) * np.where(member, s1, s0)
    measured = {shift: balanced_accuracy(member, best * shift - np.abs(error)) for shift in (0.8, 1.0, 1.2)}
    assert measured[1.0] == pytest.approx((1 + advantage) / 2, abs=0.003)
    assert measured[1.0] > max(measured[0.8], measured[1.2])
    assert auc(member, -np.abs(error)) == pytest.approx(2 / np.pi * np.arctan(s0 / s1), abs=0.003)


def test_all_ties_are_chance_and_catch_nobody():
    member = np.array([True, False, True, False])
    assert auc(member, np.ones(4)) == 0.5
    assert tpr_at_fpr(member, np.ones(4), 0.4) == 0.0


def test_a_score_of_exactly_zero_decides_non_member():
    member = np.array([True, False])
    assert balanced_accuracy(member, np.zeros(2)) == 0.5
    assert balanced_accuracy(member, np.array([1e-9, 0.0])) == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"score": np.ones((4, 1))}, "shape"),
        ({"score": np.array([1, 2, np.nan, 4.0])}, "NaN"),
        ({"score": np.array([1, 2, np.inf, 4.0])}, "infinite"),
        ({"score": np.ones(3)}, "different lengths"),
        ({"member": np.array([1, 0, 1, 0])}, "type int"),
        ({"member": np.ones(4, bool)}, "no non-members"),
        ({"member": np.zeros(4, bool)}, "no members"),
    ],
)
def test_what_cannot_be_measured_raises(change, message):
    good = {"member": np.array([True, False, True, False]), "score": np.arange(4.0)}
    for figure in (auc, balanced_accuracy):
        with pytest.raises(DataError, match=message):
            figure(**(good | change))


def _shapes(rng, n):
    """Return scores of members and non-members, and the true rate at every false-positive rate, by shape."""
    ahead, ratio = np.sqrt(2) * stats.norm.ppf(0.81), np.tan(np.pi * 0.9 / 2)
    normal = stats.norm
    return {
        "no leak": (rng.normal(size=n), rng.normal(size=n), lambda f: f),
        "AUC 0.81": (rng.normal(size=n) + ahead, rng.normal(size=n), lambda f: normal.sf(normal.isf(f) - ahead)),
        "error, AUC 0.9": (
            -np.abs(rng.normal(size=n)),
            -ratio * np.abs(rng.normal(size=n)),
            lambda f: 2 * normal.cdf(ratio * normal.ppf((1 + f) / 2)) - 1,
        ),
        "heavy tails": (
            rng.standard_t(2, n) + 1,
            rng.standard_t(2, n),
            lambda f: stats.t.sf(stats.t.isf(f, 2) - 1, 2),
        ),
    }


def _expected(truth, n, rank):
    """Return the mean rate above a rank, whose true false-positive rate is Beta(k, n + 1 - k); linear between ranks."""
    share = (np.arange(4_000) + 0.5) / 4_000
    above = [truth(stats.beta.ppf(share, k, n + 1 - k)).mean() for k in (int(rank), int(rank) + 1)]
    return above[0] + (rank - int(rank)) * (above[1] - above[0])


@pytest.mark.parametrize("n", [120, 400, 1000])
def test_the_rate_is_that_of_the_stated_false_positive_rate_on_average(n):
    """Against the closed form within three Monte-Carlo errors, and that within a quarter of one draw's from the truth.

    What is left is the curvature of the ROC over where a threshold may lie.
    """
    rng, draws, member = np.random.default_rng(n + 1), 200, np.arange(2 * n) < n
    found = {}
    for _ in range(draws):
        for shape, (ours, others, _) in _shapes(rng, n).items():
            for fpr in (0.1, 0.01):
                value = tpr_at_fpr(member, np.concatenate([ours, others]), fpr)
                found.setdefault((shape, fpr), []).append(value)
    truths = {shape: truth for shape, (_, _, truth) in _shapes(rng, 9).items()}
    for (shape, fpr), values in found.items():
        truth, spread = truths[shape], np.std(values)
        expected = _expected(truth, n, fpr * (n + 1))
        assert abs(np.mean(values) - expected) < 3 * spread / np.sqrt(draws), (shape, fpr)
        assert abs(expected - truth(fpr)) < spread / 4, (shape, fpr)


@pytest.mark.parametrize("fpr", [0, 1, -0.1, np.nan])
def test_a_false_positive_rate_lies_between_0_and_1(fpr):
    with pytest.raises(DataError, match="false-positive rate"):
        tpr_at_fpr(np.array([True, False]), np.arange(2.0), fpr)
