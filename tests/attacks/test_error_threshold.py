"""The threshold against a search written out, to the last bit of a float; the score against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_signals import gaussian, halves, made
from scipy import stats

from remembrain.attacks.error_threshold import ErrorThreshold, best_threshold
from remembrain.errors import DataError
from remembrain.evidence import metrics
from remembrain.types import Known

RNG = np.random.default_rng(0)
SIZES = st.one_of(
    st.integers(0, 5).map(float),
    st.integers(0, 3).map(lambda steps: 1.0 + steps * math.ulp(1.0)),
    st.floats(0, 1e300),
)


def balanced(size, member, threshold):
    """Balanced accuracy of calling everyone below the threshold a member, counted one by one."""
    caught = [value < threshold for value, inside in zip(size, member, strict=True) if inside]
    spared = [value >= threshold for value, inside in zip(size, member, strict=True) if not inside]
    return (sum(caught) / len(caught) + sum(spared) / len(spared)) / 2


def known_errors(error, member):
    return Known({"error": np.asarray(error)}, np.asarray(member), np.arange(len(member)).astype(str))


@given(st.lists(st.tuples(SIZES, st.booleans()), max_size=12), SIZES, SIZES)
@settings(max_examples=300, deadline=None)
def test_no_threshold_is_better_than_the_one_found(people, of_a_member, of_another):
    size = np.array([*(value for value, _ in people), of_a_member, of_another])
    member = np.array([*(inside for _, inside in people), True, False])
    every = [*size, np.nextafter(size.max(), np.inf)]
    best = max(balanced(size, member, threshold) for threshold in every)
    assert balanced(size, member, best_threshold(size, member)) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize(
    ("size", "member", "threshold"),
    [
        ([1.0, 2.0, 3.0, 4.0], [True, True, False, False], 2.5),
        ([4.0, 1.0, 3.0, 2.0], [False, True, False, True], 2.5),
        ([1.0, 2.0, 3.0], [True, False, True], 1.5),
        ([3.0, 3.0, 3.0], [True, False, True], 3.0 + math.ulp(3.0)),
        ([5.0, 6.0], [False, True], 6.0 + math.ulp(6.0)),
        ([1.0, 1.0 + math.ulp(1.0)], [True, False], 1.0 + math.ulp(1.0)),
    ],
)
def test_the_threshold_lies_midway(size, member, threshold):
    assert best_threshold(np.array(size), np.array(member)) == threshold


def test_a_model_that_memorised_is_told_apart_without_a_mistake():
    signals, member = made(300)
    signals["error"] = np.where(member, 0.0, signals["error"])
    known, unknown, truth = halves(signals, member)
    score = ErrorThreshold().score(known, unknown, RNG)
    assert score[truth].min() > 0
    assert score[truth].min() > score[~truth].max()
    assert (score[~truth] > 0).mean() < 0.1


def test_only_the_size_of_an_error_counts():
    known, unknown, _ = halves(*made(200, leak=0.5))
    score = ErrorThreshold().score(known, unknown, RNG)
    turned = Known({"error": -known.signals["error"]}, known.member, known.participant_id)
    assert np.array_equal(ErrorThreshold().score(turned, {"error": -unknown["error"]}, RNG), score)


@given(st.integers(-60, 60))
@settings(max_examples=20, deadline=None)
def test_another_unit_changes_the_unit_of_the_score_alone(power):
    known, unknown, _ = halves(*made(60, leak=0.5))
    factor = 2.0**power
    scaled = Known({"error": factor * known.signals["error"]}, known.member, known.participant_id)
    score = ErrorThreshold().score(scaled, {"error": factor * unknown["error"]}, RNG)
    assert np.array_equal(score, factor * ErrorThreshold().score(known, unknown, RNG))


def test_errors_in_single_precision_are_decided_in_double():
    low, high = np.float32(1.0), np.nextafter(np.float32(1.0), np.float32(2.0))
    error = np.array([low, high], dtype=np.float32)
    score = ErrorThreshold().score(known_errors(error, [True, False]), {"error": error}, RNG)
    assert list(score > 0) == [True, False]


@pytest.mark.parametrize("where", ["known", "unknown"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_error_that_is_no_number_is_refused(where, value):
    good, bad = np.array([1.0, 2.0, 3.0]), np.array([1.0, value, 3.0])
    known = known_errors(bad if where == "known" else good, [True, True, False])
    with pytest.raises(DataError, match="the signal error has 1 values that are NaN or infinite"):
        ErrorThreshold().score(known, {"error": bad if where == "unknown" else good}, RNG)


def test_an_error_of_another_shape_is_refused_and_not_broadcast():
    good = np.array([1.0, 2.0, 3.0])
    with pytest.raises(DataError, match=r"the signal error has shape \(3, 1\); expected one number a scan"):
        ErrorThreshold().score(known_errors(good, [True, True, False]), {"error": good[:, None]}, RNG)


RATIOS = (1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 8.0)
KNOWN = 100_000
"""A threshold learned on n people misses the best one by n ** (-1/3) and its accuracy by n ** (-2/3): 0.0005."""
TESTED = 20_000
REPEATS = 4


def threshold_of(s1, s0):
    """The abs(error) below which a member is more likely than another."""
    return math.sqrt(s0**2 * s1**2 * math.log(s0**2 / s1**2) / (s0**2 - s1**2))


def caught_and_accused(s1, s0):
    """Shares of members and of others below the best threshold."""
    a = threshold_of(s1, s0)
    return 2 * stats.norm.cdf(a / s1) - 1, 2 * stats.norm.cdf(a / s0) - 1


@pytest.mark.parametrize("s1", [0.7, 3.0])
@pytest.mark.parametrize("ratio", RATIOS)
def test_the_threshold_reaches_the_closed_form(s1, ratio):
    s0 = ratio * s1
    rng = np.random.default_rng([int(100 * ratio), int(10 * s1)])
    accuracies, aucs = [], []
    for _ in range(REPEATS):
        error, member = gaussian(rng, KNOWN, s1, s0)
        known = Known({"error": error}, member, np.arange(len(member)).astype(str))
        error, member = gaussian(rng, TESTED, s1, s0)
        score = ErrorThreshold().score(known, {"error": error}, rng)
        accuracies.append(((score[member] > 0).mean() + (score[~member] <= 0).mean()) / 2)
        aucs.append(metrics.auc(member, score))
    caught, accused = caught_and_accused(s1, s0)
    truth = 0.5 + (stats.norm.cdf(threshold_of(s1, s0) / s1) - stats.norm.cdf(threshold_of(s1, s0) / s0))
    assert truth == pytest.approx(0.5 + (caught - accused) / 2)
    one = math.sqrt((caught * (1 - caught) + accused * (1 - accused)) / TESTED) / 2
    assert abs(np.mean(accuracies) - truth) < 3 * one / math.sqrt(REPEATS)
    assert abs(np.mean(aucs) - 2 / math.pi * math.atan(ratio)) < 3 * math.sqrt(1 / (6 * TESTED) / REPEATS)
