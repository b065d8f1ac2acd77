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
    for _ in range(150):
        error, member, names = errors(rng, 300)
        line = leakage_line(error, member, rng.random(600) < 0.5, names)
        inside.append(line.slope.low <= true_slope() <= line.slope.high)
        slopes.append(line.slope.value)
    tolerance = 4 * np.sqrt(0.95 * 0.05 / 150)
    assert abs(np.mean(inside) - 0.95) < tolerance
    # a learned threshold loses a little where there is nothing to learn, which lowers no slope by more than a hundredth
    assert np.mean(slopes) == pytest.approx(true_slope(), abs=3 * np.std(slopes) / np.sqrt(150) + 0.005)


def test_points_are_gap_and_accuracy_of_each_epoch():
    error, member, names = errors(np.random.default_rng(1), 4000)
    line = leakage_line(error, member, np.arange(8000) % 2 == 0, names)
    for point, s in zip(line.points, S1, strict=True):
        assert point.gap == pytest.approx((S0 - s) * np.sqrt(2 / np.pi), abs=0.2)
        assert point.accuracy.value == pytest.approx(best_accuracy(s, S0), abs=0.03)
        assert point.accuracy.low < point.accuracy.value < point.accuracy.high
    assert line.r > 0.95
    written = line.written([0.5] * len(line.points))
    assert (written.published[0].network, written.published[0].slope) == ("3D-CNN", 0.12)
    assert [point.epoch for point in written.points] == list(range(1, len(line.points) + 1))
    assert all(point.gap / 0.5 == round(point.gap / 0.5) for point in written.points)


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


BROKEN = {
    "nan": "NaN",
    "length": "different lengths",
    "nobody known": "members all known or none",
    "all known": "members all known or none",
    "both groups": "is a member and a non-member",
    "known in part": "is known by one scan and not by another",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_cannot_be_fitted_is_refused(broken):
    error, member, names = errors(np.random.default_rng(4), 50)
    known = np.arange(100) % 2 == 0
    if broken == "nan":
        error[0, 0] = np.nan
    elif broken == "length":
        member = member[:-1]
    elif broken in ("nobody known", "all known"):
        known[:] = broken == "all known"
    else:
        names[0] = names[98 if broken == "both groups" else 1]
    with pytest.raises(DataError, match=BROKEN[broken]):
        leakage_line(error, member, known, names)


def test_accuracies_by_epoch_are_those_of_a_naive_twin():
    error, member, names = errors(np.random.default_rng(5), 60)
    known = np.arange(120) % 3 == 0
    found = [point.accuracy for point in leakage_line(error, member, known, names).points]
    for one, size in zip(found, np.abs(error), strict=True):
        taught, answer, ordered = size[known], member[known], np.sort(size[known])
        cuts = [*(ordered[1:] + ordered[:-1]) / 2, np.inf]
        gains = [np.mean(taught[answer] < cut) - np.mean(taught[~answer] < cut) for cut in cuts]
        best = [cut for cut, gain in zip(cuts, gains, strict=True) if gain > max(gains) - 1e-9]
        said, truth = size[~known] < best[len(best) // 2], member[~known]
        assert one.value == pytest.approx((np.mean(said[truth]) + np.mean(~said[~truth])) / 2)
