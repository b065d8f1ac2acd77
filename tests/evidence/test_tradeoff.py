"""Figures over seeds by simulation, the front against a naive twin, the line against SciPy and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.errors_of_years import Years
from remembrain.evidence.tradeoff import PUBLISHED_POINTS, line_over_settings, over_seeds, pareto, published_json
from remembrain.types import Interval

Z = stats.norm.ppf(0.975)


def interval(value, half=0.02, n=(200, 210), confidence=0.95):
    return Interval(value, value - half, value + half, *n, confidence)


def test_one_training_keeps_its_interval():
    one = Interval(0.98, 0.93, 0.995, 100, 120)
    found = over_seeds([one])
    assert (found.value, found.low, found.high) == pytest.approx((0.98, 0.93, 0.995))
    assert (found.n_members, found.n_nonmembers, found.confidence) == (100, 120, 0.95)


def test_equal_trainings_are_no_more_certain_than_one():
    found = over_seeds([interval(0.8)] * 5)
    assert (found.low, found.high) == pytest.approx((0.78, 0.82))


def test_the_variance_is_that_of_people_and_the_share_of_seeds():
    values = [interval(0.7, 0.02), interval(0.74, 0.03), interval(0.75, 0.04)]
    found = over_seeds(values)
    between = np.var([0.7, 0.74, 0.75], ddof=1) / 3
    total = np.mean((np.array([0.02, 0.03, 0.04]) / Z) ** 2) + between
    quantile = stats.t.ppf(0.975, 2 * (total / between) ** 2)
    assert found.value == pytest.approx(0.73)
    assert found.high - found.value == pytest.approx(quantile * np.sqrt(total))
    assert found.value - found.low == pytest.approx(quantile * np.sqrt(total))


def test_the_people_are_those_of_the_smallest_training():
    found = over_seeds([interval(0.7, n=(200, 180)), interval(0.7, n=(190, 230))])
    assert (found.n_members, found.n_nonmembers) == (190, 180)


def test_years_stay_years():
    found = over_seeds([Years(3.0, 2.8, 3.3, 200), Years(3.2, 2.9, 3.5, 190)])
    assert isinstance(found, Years)
    assert (found.value, found.n_people) == (pytest.approx(3.1), 190)
    assert found.low < 3.1 < found.high


def test_a_figure_near_its_end_keeps_its_short_side_and_its_bounds():
    values = [Interval(0.99, 0.95, 0.998, 50, 50), Interval(0.97, 0.93, 0.99, 50, 50)]
    free, kept = over_seeds(values), over_seeds(values, bounds=(0.0, 1.0))
    assert free.high - free.value < free.value - free.low
    assert free.high > 1
    assert kept.high == 1
    assert kept.low == free.low


@pytest.mark.parametrize(("people", "seeds"), [(0.02, 0.0), (0.02, 0.01), (0.02, 0.03), (0.001, 0.03)])
@pytest.mark.parametrize("runs", [2, 3, 5])
def test_the_interval_covers_the_mean_over_all_people_and_seeds(people, seeds, runs):
    """Runs share people (standard error ``people``), seeds differ by ``seeds``; two that outweigh people cover 92 %."""
    rng, draws = np.random.default_rng(0), 1200
    inside = 0
    for _ in range(draws):
        luck = people * rng.normal()
        values = [interval(0.8 + luck + seeds * rng.normal(), Z * people) for _ in range(runs)]
        found = over_seeds(values)
        inside += found.low <= 0.8 <= found.high
    error = np.sqrt(0.05 * 0.95 / draws)
    promised = 0.92 if runs == 2 and seeds > people else 0.945
    assert promised - 4 * error < inside / draws < 0.985


def test_dividing_by_the_number_of_runs_would_cover_too_seldom():
    """The trap that the docstring names: shared people do not average out."""
    rng, inside = np.random.default_rng(1), 0
    for _ in range(2000):
        mean = 0.8 + 0.02 * rng.normal()
        inside += abs(mean - 0.8) <= Z * 0.02 / np.sqrt(3)
    assert inside / 2000 < 0.8


@pytest.mark.parametrize(
    ("values", "bounds", "words"),
    [
        ([], None, "no training"),
        ([interval(0.8), interval(0.8, confidence=0.9)], None, "of confidence"),
        ([interval(np.nan)], None, "in the interval"),
        ([Interval(0.8, 0.85, 0.9, 10, 10)], None, "in the interval"),
        ([interval(1.2)], (0, 1), "outside its bounds"),
    ],
)
def test_trainings_without_a_mean_are_refused(values, bounds, words):
    with pytest.raises(DataError, match=words):
        over_seeds(values, bounds=bounds)


def naive_front(error, leakage):
    """By the definition: nobody is at most as bad in both and less bad in one."""
    n = range(len(error))

    def beats(j, i):
        return error[j] <= error[i] and leakage[j] <= leakage[i] and (error[j] < error[i] or leakage[j] < leakage[i])

    known = [not np.isnan(error[i] + leakage[i]) for i in n]
    return [known[i] and not any(known[j] and beats(j, i) for j in n) for i in n]


COARSE = st.one_of(st.integers(0, 6).map(float), st.floats(-5, 5), st.just(np.nan))


@given(st.lists(st.tuples(COARSE, COARSE), max_size=30))
def test_the_front_is_that_of_a_naive_twin(points):
    error, leakage = (np.array([point[axis] for point in points], dtype=float) for axis in (0, 1))
    assert pareto(error, leakage).tolist() == naive_front(error, leakage)


def test_equal_settings_stand_together_on_the_front():
    error, leakage = np.array([3.0, 3.0, 3.0, 4.0]), np.array([0.6, 0.6, 0.7, 0.6])
    assert pareto(error, leakage).tolist() == [True, True, False, False]


def test_a_front_of_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="different lengths"):
        pareto(np.arange(3.0), np.arange(2.0))
    with pytest.raises(DataError, match="infinite"):
        pareto(np.array([1.0, np.inf]), np.arange(2.0))


def test_the_line_is_that_of_scipy_over_the_settings_that_are_known():
    gap = np.array([0.1, 0.5, np.nan, 1.2, 1.9, 0.7])
    accuracy = np.array([0.51, 0.55, 0.6, 0.66, 0.71, np.nan])
    found = line_over_settings(gap, accuracy)
    known = [0, 1, 3, 4]
    line = stats.linregress(gap[known], accuracy[known])
    assert (found.slope, found.intercept, found.r, found.n) == pytest.approx(
        (line.slope, line.intercept, line.rvalue, 4)
    )
    assert found.high - found.slope == pytest.approx(stats.t.ppf(0.975, 2) * line.stderr)
    assert line_over_settings(gap[:3], accuracy[:3]) is None
    with pytest.raises(DataError, match="different lengths"):
        line_over_settings(gap, accuracy[:-1])


def test_the_slope_is_covered_though_people_are_shared():
    """Shared people move all points up or down together, and the slope stays covered as often as it says."""
    rng, inside, draws = np.random.default_rng(2), 0, 2000
    gap = np.linspace(0.1, 2, 6)
    for _ in range(draws):
        accuracy = 0.5 + 0.12 * gap + 0.03 * rng.normal() + 0.02 * rng.normal(size=6)
        found = line_over_settings(gap, accuracy)
        inside += found.low <= 0.12 <= found.high
    assert abs(inside / draws - 0.95) < 4 * np.sqrt(0.05 * 0.95 / draws)


def test_the_published_points_lie_on_the_published_slope():
    gap, accuracy = (np.array([getattr(one, name) for one in PUBLISHED_POINTS]) for name in ("gap", "accuracy"))
    found = line_over_settings(gap, accuracy)
    said = published_json()
    assert found.r > 0.99
    assert found.slope == pytest.approx(said["slopes"][1]["slope"], abs=0.005)
    assert len(said["points"]) == 6
    assert said["network"] == said["slopes"][1]["network"]
