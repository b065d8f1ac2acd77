"""The line of leakage over gap, against closed forms of Gaussian errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.leakage import leakage_line

S0 = 4.0
S1 = np.array([4.0, 3.5, 3.0, 2.5, 2.0, 1.5])


def errors(rng, n, s1=S1, s0=S0):
    """Errors of n members and n others over epochs; two epochs of one person correlate."""
    member = np.arange(2 * n) < n
    own = 0.8 * rng.normal(size=2 * n) + 0.6 * rng.normal(size=(len(s1), 2 * n))
    names = np.array([f"sub-{i:04d}" for i in range(2 * n)])
    return np.where(member, s1[:, None], s0) * own, member, names


def best_accuracy(s1, s0):
    """Tan et al. 2022 (arXiv 2202.01243)."""
    if s1 == s0:
        return 0.5
    a = np.sqrt(s0**2 * s1**2 * np.log(s0**2 / s1**2) / (s0**2 - s1**2))
    return 0.5 + stats.norm.cdf(a / s1) - stats.norm.cdf(a / s0)


def true_slope():
    gap = (S0 - S1) * np.sqrt(2 / np.pi)
    return np.polyfit(gap, [best_accuracy(s, S0) for s in S1], 1)[0]


def test_the_slope_is_that_of_the_closed_form_and_its_interval_covers_it():
    rng = np.random.default_rng(0)
    inside, slopes = [], []
    for _ in range(300):
        error, member, names = errors(rng, 300)
        line = leakage_line(error, member, rng.random(600) < 0.5, names)
        inside.append(line.slope.low <= true_slope() <= line.slope.high)
        slopes.append(line.slope.value)
    tolerance = 4 * np.sqrt(0.95 * 0.05 / 300)
    assert abs(np.mean(inside) - 0.95) < tolerance
    # a learned threshold loses a little where there is nothing to learn, which lowers no slope by more than a hundredth
    assert np.mean(slopes) == pytest.approx(true_slope(), abs=3 * np.std(slopes) / np.sqrt(300) + 0.005)


def test_points_are_gap_and_accuracy_of_each_epoch():
    error, member, names = errors(np.random.default_rng(1), 4000)
    line = leakage_line(error, member, np.arange(8000) % 2 == 0, names)
    for point, s in zip(line.points, S1, strict=True):
        assert point.gap == pytest.approx((S0 - s) * np.sqrt(2 / np.pi), abs=0.2)
        assert point.accuracy.value == pytest.approx(best_accuracy(s, S0), abs=0.03)
        assert point.accuracy.low < point.accuracy.value < point.accuracy.high
    assert line.r > 0.95
    assert line.to_json()["published"][0] == {"network": "3D-CNN", "slope": 0.12}


def test_a_second_scan_does_not_narrow_the_interval():
    error, member, names = errors(np.random.default_rng(2), 200)
    known = np.arange(400) % 2 == 0
    once = leakage_line(error, member, known, names)
    twice = leakage_line(np.hstack([error] * 2), np.tile(member, 2), np.tile(known, 2), np.tile(names, 2))
    assert twice.slope.value == pytest.approx(once.slope.value)
    assert twice.slope.high - twice.slope.low == pytest.approx(once.slope.high - once.slope.low, rel=1e-6)


def test_too_few_epochs_or_a_gap_that_never_moves_have_no_line():
    error, member, names = errors(np.random.default_rng(3), 50)
    known = np.arange(100) % 2 == 0
    assert leakage_line(error[:2], member, known, names) is None
    assert leakage_line(np.stack([error[0]] * 4), member, known, names) is None


@pytest.mark.parametrize("broken", ["nan", "length", "nobody known"])
def test_what_cannot_be_fitted_is_refused(broken):
    error, member, names = errors(np.random.default_rng(4), 50)
    known = np.arange(100) % 2 == 0
    if broken == "nan":
        error[0, 0] = np.nan
    with pytest.raises(DataError):
        leakage_line(error, member[:-1] if broken == "length" else member, known & (broken != "nobody known"), names)
