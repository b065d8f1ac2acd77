"""Means over repetitions: do their intervals hold what they promise?"""

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.worlds import difference_over_worlds, over_worlds

TRUTH, SPREAD, TRIALS = 0.62, 0.03, 2000


@pytest.mark.parametrize("worlds", [3, 10])
def test_the_interval_covers_the_mean_of_repetitions(worlds: int) -> None:
    rng = np.random.default_rng(worlds)
    covered = 0
    for values in np.clip(rng.normal(TRUTH, SPREAD, (TRIALS, worlds)), 0, 1):
        found = over_worlds(values.tolist(), 100, 100)
        covered += found.low <= TRUTH <= found.high
    assert abs(covered / TRIALS - 0.95) < 3 * np.sqrt(0.95 * 0.05 / TRIALS) + 0.005  # the delta method's own error


def test_joint_intervals_are_wider_and_stay_within_a_share() -> None:
    values = [0.97, 0.99, 1.0, 0.98]
    alone, joint = over_worlds(values, 50, 50), over_worlds(values, 50, 50, comparisons=10)
    assert joint.low < alone.low
    assert joint.high > alone.high
    assert joint.high <= 1.0
    assert alone.value == pytest.approx(np.mean(values))


def test_perfect_and_equal_repetitions_have_an_interval_all_the_same() -> None:
    found = over_worlds([1.0, 1.0, 1.0], 20, 20)
    assert found.low < 1.0
    assert found.high == 1.0


def test_the_difference_is_students() -> None:
    first, second = [0.7, 0.72, 0.74], [0.6, 0.63, 0.61]
    found = difference_over_worlds(first, second, 10, 10)
    gaps = np.subtract(first, second)
    reach = 4.302652729911275 * gaps.std(ddof=1) / np.sqrt(3)
    assert (found.value, found.low, found.high) == pytest.approx(
        (gaps.mean(), gaps.mean() - reach, gaps.mean() + reach)
    )


@pytest.mark.parametrize("values", [[0.5], [0.5, 1.2], []])
def test_too_few_or_no_shares_are_refused(values: list[float]) -> None:
    with pytest.raises(DataError):
        over_worlds(values, 10, 10)


def test_differences_of_other_repetitions_are_refused() -> None:
    with pytest.raises(DataError):
        difference_over_worlds([0.5, 0.6], [0.5], 10, 10)
