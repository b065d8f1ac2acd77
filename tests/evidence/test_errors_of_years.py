"""Mean absolute errors, their gap and the baseline, with intervals of people."""

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.evidence.errors_of_years import mean_absolute, mean_difference, of_mean_predictor


def ids(n, prefix="sub"):
    return np.array([f"{prefix}-{i}" for i in range(n)])


def rng():
    return np.random.default_rng(0)


def test_values_by_hand():
    errors = np.array([1.0, -3, 2, 2])
    assert mean_absolute(errors, ids(4)).value == 2
    gap = mean_difference((errors, np.array([1.0, -1, 1])), (ids(4), ids(3, "m")))
    assert gap.value == 1
    assert gap.low < 1 < gap.high
    baseline = of_mean_predictor(np.array([50.0, 70]), np.array([60.0, 62, 58, 64]), ids(4))
    assert baseline.value == 2
    assert gap.number().ends() == (gap.value, gap.low, gap.high)


def test_an_interval_stays_above_zero_and_around_its_value():
    found = mean_absolute(rng().normal(size=40), ids(40))
    assert 0 < found.low < found.value < found.high
    assert found.n_people == 40


def test_a_second_scan_is_no_second_person():
    errors = rng().normal(size=50)
    once = mean_absolute(errors, ids(50))
    twice = mean_absolute(np.tile(errors, 2), np.tile(ids(50), 2))
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))


def test_intervals_cover():
    """Gaussian errors of SD 1 and 2: mean absolute errors sqrt(2 / pi) and twice that; half of people scanned twice."""
    audits, draw = 4000, np.random.default_rng(1)
    inside = []
    for _ in range(audits):
        names = [np.repeat(ids(80, group), 1 + (np.arange(80) % 2)) for group in "ab"]
        own = [draw.normal(size=80)[np.unique(some, return_inverse=True)[1]] for some in names]
        errors = [scale * (0.8 * x + 0.6 * draw.normal(size=len(x))) for scale, x in zip((2, 1), own, strict=True)]
        one = mean_absolute(errors[1], names[1])
        gap = mean_difference(tuple(errors), tuple(names))
        truth = np.sqrt(2 / np.pi)
        inside.append([one.low <= truth <= one.high, gap.low <= truth <= gap.high])
    covered = np.mean(inside, axis=0)
    tolerance = np.sqrt(0.95 * 0.05 / audits)
    print(f"coverage of mean absolute error and gap: {covered} (one standard error: {tolerance:.4f})")
    assert np.all(np.abs(covered - 0.95) < 3 * tolerance)


def test_no_errors_at_all_have_no_width():
    found = mean_absolute(np.zeros(5), ids(5))
    assert (found.value, found.low, found.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("errors", "names", "message"),
    [
        (np.ones((3, 1)), ids(3), "shape"),
        (np.array([1, np.nan, 2]), ids(3), "NaN"),
        (np.ones(3), ids(2), "different lengths"),
        (np.ones(3), np.full(3, "sub-1"), "1 people"),
    ],
)
def test_what_cannot_be_averaged_raises(errors, names, message):
    with pytest.raises(DataError, match=message):
        mean_absolute(errors, names)


def test_groups_are_different_people():
    with pytest.raises(DataError, match="sub-0: stands in both groups"):
        mean_difference((np.ones(3), np.ones(4)), (ids(3), ids(4)))


def test_a_mean_of_no_ages_raises():
    with pytest.raises(DataError, match="no training scans"):
        of_mean_predictor(np.array([]), np.ones(3), ids(3))
