"""P-values: known values, validity under any dependence, and Holm's correction."""

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.people import join
from remembrain.evidence.significance import combine, holm, p_value
from remembrain.types import Scores


def people_of(score, member, n_repeats=1, names=None):
    names = np.array([f"sub-{i}" for i in range(len(score))]) if names is None else names
    sessions = np.arange(len(score)).astype(str)
    return join([Scores("x", r, names, sessions, member, score) for r in range(n_repeats)])


def test_holm_by_hand():
    adjusted = holm({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.005})
    assert adjusted == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06, "d": 0.02})
    assert list(adjusted) == ["a", "b", "c", "d"]
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_combining_repeats_by_hand():
    assert combine([0.03]) == 0.03
    assert combine([0.5, 0.01, 0.02, 0.03, 0.9]) == pytest.approx(0.03 * 5 / 3)
    assert combine([0.02, 0.04]) == pytest.approx(0.04)
    assert combine([0.7, 0.8, 0.9]) == 1.0


@pytest.mark.parametrize("dependence", ["none", "full", "worst"])
def test_a_combined_p_value_errs_no_more_than_it_says(dependence):
    rng = np.random.default_rng(0)
    n, alpha, n_repeats = 20_000, 0.05, 5
    p = rng.random((n, n_repeats))
    if dependence == "full":
        p = np.repeat(p[:, :1], n_repeats, axis=1)
    if dependence == "worst":  # three of five share a p-value below a * 3 / 5 whenever any is
        cut = alpha * 3 / n_repeats
        trios = rng.permuted(np.tile([True, True, True, False, False], (n, 1)), axis=1)
        hit = rng.random(n) < alpha
        p = np.where(hit[:, None] & trios, cut * p, cut + (1 - cut) * p)
        assert np.mean(p <= cut) == pytest.approx(cut, abs=0.003)
    errors = np.mean([combine(list(row)) <= alpha for row in p])
    assert errors <= alpha + 4 * np.sqrt(alpha * (1 - alpha) / n)


@pytest.mark.parametrize("bad", [[], [0.5, np.nan], [1.5], [-0.1]])
def test_what_is_no_p_value_is_refused(bad):
    with pytest.raises(DataError, match="p-values"):
        combine(bad)
    if bad:
        with pytest.raises(DataError, match="p-values"):
            holm(dict(enumerate(bad)))


def test_it_is_the_mann_whitney_test_of_peoples_means():
    rng = np.random.default_rng(1)
    member = np.arange(80) < 40
    score = rng.normal(size=80) + 0.5 * member
    expected = stats.mannwhitneyu(score[member], score[~member], alternative="greater").pvalue
    assert p_value(people_of(score, member), "greater") == pytest.approx(expected)
    names = np.array([f"sub-{i}" for i in np.tile(np.arange(80), 2)])
    spread = np.concatenate([score - 1, score + 1])
    assert p_value(people_of(spread, np.tile(member, 2), names=names), "greater") == pytest.approx(expected)


def test_direction():
    member = np.arange(100) < 50
    score = np.where(member, 1.0, 0.0) + np.linspace(0, 0.1, 100)
    assert p_value(people_of(score, member), "greater") < 1e-6
    assert p_value(people_of(-score, member), "greater") > 0.99
    assert p_value(people_of(-score, member), "two-sided") < 1e-6


def test_people_whose_means_are_all_equal_are_no_evidence():
    names = np.array([f"sub-{i}" for i in np.repeat(np.arange(40), 2)])
    score = np.tile([0.0, 1.0], 40)
    member = np.repeat(np.arange(40) < 20, 2)
    assert p_value(people_of(score, member, names=names), "greater") == 1.0
