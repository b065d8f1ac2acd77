"""The front against a naive twin, the line against SciPy and by simulation, and which attack stands for a setting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import example_defences
from remembrain.errors import DataError
from remembrain.evidence.tradeoff import (
    PUBLISHED,
    line_of,
    line_over_settings,
    pareto,
    strongest,
    with_fronts,
    with_headline,
)
from remembrain.record.defences import Defences, KnownAttack
from remembrain.report.reading import validated

ATTACKS = tuple(
    KnownAttack(name=name, title=title, access=access, knows="some members")
    for name, title, access in example_defences.ATTACKS
)


def settings():
    return validated(Defences, example_defences.content()).settings


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
    line = line_over_settings(gap, accuracy, attack="logistic")
    known = [0, 1, 3, 4]
    theirs = stats.linregress(gap[known], accuracy[known])
    assert (line.slope.value, line.intercept, line.r, line.n, line.attack) == (
        pytest.approx(theirs.slope), pytest.approx(theirs.intercept), pytest.approx(theirs.rvalue), 4, "logistic",
    )  # fmt: skip
    assert line.slope.high - line.slope.value == pytest.approx(stats.t.ppf(0.975, 2) * theirs.stderr)
    assert line.unit == "share a year"
    assert line_over_settings(gap[:3], accuracy[:3], attack="logistic") is None
    with pytest.raises(DataError, match="different lengths"):
        line_over_settings(gap, accuracy[:-1], attack="logistic")
    with pytest.raises(DataError, match="infinite"):
        line_over_settings(np.arange(3.0), np.array([0.5, np.inf, 0.6]), attack="logistic")


def test_a_line_is_fitted_like_anywhere():
    rng = np.random.default_rng(6)
    gap = rng.uniform(0, 3, 12)
    accuracy = 0.5 + 0.12 * gap + 0.02 * rng.normal(size=12)
    line = line_over_settings(gap, accuracy, attack="logistic")
    slope, intercept = np.polyfit(gap, accuracy, 1)
    assert (line.slope.value, line.intercept, line.n) == (pytest.approx(slope), pytest.approx(intercept), 12)
    rest = accuracy - intercept - slope * gap
    error = np.sqrt(rest @ rest / 10 / np.sum((gap - gap.mean()) ** 2))
    assert line.slope.high - line.slope.value == pytest.approx(stats.t.ppf(0.975, 10) * error)
    assert line.r == pytest.approx(np.corrcoef(gap, accuracy)[0, 1])


@pytest.mark.parametrize("gap", [[], [1.0, 2.0], [1.0, 1.0, 1.0]])
def test_few_settings_or_one_gap_have_no_line(gap):
    assert line_over_settings(np.array(gap), np.full(len(gap), 0.6), attack="logistic") is None


def test_the_interval_over_independent_settings_covers_as_often_as_it_says():
    """Gaussian scatter: Student's interval is exact, however few settings."""
    rng, draws, inside = np.random.default_rng(7), 2000, 0
    for _ in range(draws):
        gap = rng.uniform(0, 3, 5)
        slope = line_over_settings(gap, 0.5 + 0.12 * gap + 0.03 * rng.normal(size=5), attack="logistic").slope
        inside += slope.low <= 0.12 <= slope.high
    assert abs(inside / draws - 0.95) < 3 * np.sqrt(0.05 * 0.95 / draws)


def test_the_slope_is_covered_though_people_are_shared():
    """Shared people move all points up or down together, and the slope stays covered as often as it says."""
    rng, inside, draws = np.random.default_rng(2), 0, 2000
    gap = np.linspace(0.1, 2, 6)
    for _ in range(draws):
        accuracy = 0.5 + 0.12 * gap + 0.03 * rng.normal() + 0.02 * rng.normal(size=6)
        slope = line_over_settings(gap, accuracy, attack="logistic").slope
        inside += slope.low <= 0.12 <= slope.high
    assert abs(inside / draws - 0.95) < 4 * np.sqrt(0.05 * 0.95 / draws)


def test_the_published_points_lie_on_the_published_slope():
    gap, accuracy = (np.array([getattr(point, name) for point in PUBLISHED.points]) for name in ("gap", "accuracy"))
    line = line_over_settings(gap, accuracy, attack="logistic")
    assert line.r > 0.99
    assert line.slope.value == pytest.approx(PUBLISHED.slopes[1].slope, abs=0.005)
    assert len(PUBLISHED.points) == 6
    assert PUBLISHED.network == PUBLISHED.slopes[1].network


def test_the_strongest_attack_is_chosen_among_those_that_were_assessed():
    setting = settings()[0]
    assert strongest(ATTACKS, setting).name == example_defences.HEADLINE
    assert strongest(ATTACKS[:2], setting).name == "logistic"
    assert strongest(ATTACKS, replace(setting, attacks={"leverage": setting.achieved})) is None


def test_what_changes_predictions_alone_is_judged_by_the_best_that_sees_these():
    by_name = {setting.defence: setting for setting in settings()}
    assert with_headline(ATTACKS, by_name["rounding"], example_defences.HEADLINE).headline == "logistic"
    assert with_headline(ATTACKS, by_name["pruning"], "error-threshold").headline == "error-threshold"
    bare = by_name["none"]
    without = replace(bare, attacks={name: bare.attacks[name] for name in ("error-threshold", "logistic")})
    assert with_headline(ATTACKS, without, example_defences.HEADLINE).headline == "logistic"
    assert with_headline(ATTACKS, replace(bare, attacks={}), "leverage").headline == "leverage"


def test_settings_on_a_front_change_the_model_and_face_the_same_attack():
    marked = with_fronts([replace(setting, pareto_auc=False, pareto_tpr=False) for setting in settings()])
    front = {setting.name for setting in marked if setting.pareto_auc}
    alike = [setting for setting in settings() if setting.protects == "weights"]
    points = [(setting.mae.value, setting.achieved.auc.value) for setting in alike]
    assert front == {
        setting.name for setting, there in zip(alike, naive_front(*zip(*points, strict=True)), strict=True) if there
    }
    assert not any(setting.pareto_auc or setting.pareto_tpr for setting in marked if setting.protects == "predictions")
    assert any(setting.pareto_tpr for setting in marked)


def test_the_line_is_over_the_settings_that_the_attack_stands_for():
    line = line_of(settings(), example_defences.HEADLINE)
    alike = [setting for setting in settings() if setting.protects == "weights"]
    assert (line.n, line.attack) == (len(alike), example_defences.HEADLINE)
    gap, accuracy = zip(*((one.gap.value, one.achieved.accuracy.value) for one in alike), strict=True)
    assert line.slope.value == pytest.approx(np.polyfit(gap, accuracy, 1)[0])
