"""Attacks on Gaussian errors against their closed forms (Tan et al. 2022, arXiv 2202.01243)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from remembrain.attacks.error_forest import ErrorForest
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.evidence import metrics
from remembrain.types import Known

RATIOS = (1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 8.0)
KNOWN = 100_000
"""A threshold learned on n people misses the best one by n ** (-1/3) and its accuracy by n ** (-2/3): 0.0005."""
TESTED = 20_000
REPEATS = 4


def gaussian(rng, n, s1, s0):
    """Errors of n members and n others with these standard deviations."""
    return np.concatenate([rng.normal(0, s1, n), rng.normal(0, s0, n)]), np.repeat([True, False], n)


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


@pytest.mark.parametrize(("s1", "s0"), [(1.39 * math.sqrt(math.pi / 2), 3.13 * math.sqrt(math.pi / 2)), (1.0, 3.7)])
def test_a_forest_on_the_same_number_is_weaker_by_about_eight_points(s1, s0):
    rng = np.random.default_rng(0)
    lost = []
    for _ in range(6):
        error, member = gaussian(rng, 1000, s1, s0)
        known = Known({"error": error}, member, np.arange(len(member)).astype(str))
        error, member = gaussian(rng, 1000, s1, s0)
        accuracy = [
            (((score := attack.score(known, {"error": error}, rng))[member] > 0).mean() + (score[~member] <= 0).mean())
            / 2
            for attack in (ErrorThreshold(), ErrorForest())
        ]
        lost.append(accuracy[0] - accuracy[1])
    assert 0.05 < np.mean(lost) < 0.11
