"""The interval of an AUC near 1: its equation, its mirror, and that it covers where people's influence does not."""

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.almost_separated import almost_separated, newcombe
from remembrain.evidence.assess import assess
from remembrain.types import Scores


def variance(t, m, n):
    """Newcombe 2006, method 5."""
    return t * (1 - t) * (1 + ((m + n) / 2 - 1) * ((1 - t) / (2 - t) + t / (1 + t))) / (m * n)


@pytest.mark.parametrize(("m", "n"), [(100, 100), (30, 300)])
@pytest.mark.parametrize("auc", [0.5, 0.9, 0.99, 0.9995, 1.0])
def test_ends_solve_the_equation(auc, m, n):
    low, high = newcombe(auc, m, n, 0.95)
    z = stats.norm.ppf(0.975)
    assert low < auc <= high <= 1
    assert auc - low == pytest.approx(z * np.sqrt(variance(low, m, n)), rel=1e-6)
    if auc < 1:
        assert high < 1
        assert high - auc == pytest.approx(z * np.sqrt(variance(high, m, n)), rel=1e-5)


@pytest.mark.parametrize("auc", [0.0, 0.001, 0.3])
def test_it_is_mirrored_below_one_half(auc):
    low, high = newcombe(auc, 40, 90, 0.9)
    above = newcombe(1 - auc, 40, 90, 0.9)
    assert (1 - high, 1 - low) == pytest.approx(above, abs=1e-9)


def test_groups_are_almost_separated_where_hardly_anybody_is_on_the_wrong_side():
    assert almost_separated(0.98, 100, 500)
    assert almost_separated(0.02, 100, 500)
    assert not almost_separated(0.96, 100, 500)


def test_an_auc_near_1_is_covered():
    """AUC 0.999, 100 + 100 people, 250 audits: at least 93 % less two standard errors; influence alone has 85 %."""
    rng, n, audits = np.random.default_rng(0), 100, 250
    ahead = np.sqrt(2) * stats.norm.ppf(0.999)
    names, member = np.arange(2 * n).astype(str), np.arange(2 * n) < n
    inside = 0
    for _ in range(audits):
        score = rng.normal(size=2 * n) + ahead * member
        found = assess([Scores("x", 0, names, np.full(2 * n, ""), member, score)], fprs=()).auc
        assert found is not None
        inside += found.low <= 0.999 <= found.high
    assert inside / audits >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / audits)
