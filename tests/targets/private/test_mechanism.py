"""What is asked for, what it is over so many people, and the mean age that is released."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import UsageError
from remembrain.targets.private.accounting import epsilon_of
from remembrain.targets.private.mechanism import Mechanism, Privacy, insist_on_range, people_of


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"epsilon": 0.0}, "epsilon 0"),
        ({"epsilon": -1.0}, "epsilon -1"),
        ({"epsilon": math.nan}, "epsilon nan"),
        ({"noise_multiplier": -0.1}, "noise multiplier -0.1"),
        ({"epsilon": 1.0, "delta": 0.0}, "delta 0"),
        ({"epsilon": 1.0, "delta": 1.0}, "delta 1"),
        ({"epsilon": 1.0, "clip": 0.0}, "clipping norm 0"),
        ({"epsilon": 1.0, "noise_multiplier": 1.0}, "one of the two"),
        ({}, "one of the two"),
        ({"epsilon": 1.0, "label_range": (5.0, 5.0)}, "label range"),
    ],
)
def test_promises_that_cannot_be_are_refused(asked, what):
    with pytest.raises(UsageError, match=what):
        Privacy(**asked)


def test_delta_has_to_be_below_one_over_the_people():
    with pytest.raises(UsageError, match=r"delta 0\.01 is not below 1 over 100 people") as caught:
        Privacy(epsilon=1.0, delta=0.01).over(100, 10, 5)
    assert "--delta 1e-03" in str(caught.value)


def test_the_mechanism_counts_people_steps_and_the_mean_age():
    mechanism = Privacy(epsilon=3.0).over(400, 16, 20)
    assert (mechanism.people, mechanism.rate, mechanism.steps, mechanism.expected) == (400, 0.04, 25, 16.0)
    assert epsilon_of(mechanism.spent(20), 1e-5) <= 3.0
    assert mechanism.spent(0) == ((mechanism.mean_noise, 1.0, 1),)
    whole = Privacy(epsilon=3.0).for_epochs(100).over(400, 16, 4)
    assert whole.noise_multiplier == Privacy(epsilon=3.0).over(400, 16, 100).noise_multiplier


def test_the_mean_age_has_the_noise_it_is_accounted_for():
    rng = np.random.default_rng(0)
    age, person = rng.uniform(50, 80, 300), np.repeat(np.arange(150), 2).astype(str)
    mechanism = Mechanism(Privacy(noise_multiplier=1.0), 150, 0.1, 10, 1.0, 10.0)
    found = np.array([mechanism.mean_age(age, person, seed) for seed in range(600)])
    sd = 10.0 * 50.0 / 150
    assert abs(found.mean() - age.mean()) < 3.3 * sd / math.sqrt(600)
    low, high = np.sqrt(stats.chi2.ppf([5e-4, 1 - 5e-4], 599) / 599) * sd
    assert low < found.std(ddof=1) < high


def test_one_person_moves_the_mean_by_no_more_than_the_range_allows():
    age, person = np.array([60.0, 61.0, 5000.0, -5000.0]), np.array(["a", "b", "c", "c"])
    mechanism = Mechanism(Privacy(noise_multiplier=0.0), 3, 0.5, 2, 0.0, 0.0)
    with_c = mechanism.mean_age(age, person, 0)
    without = mechanism.mean_age(age[:2], person[:2], 0)
    assert abs(with_c - without) * 3 <= 50.0
    assert with_c == pytest.approx(50 + (10 + 11 + 0) / 3)


def test_people_are_grouped_whatever_the_order_of_their_scans():
    found = people_of(np.array(["b", "a", "b", "c", "a"]))
    assert [places.tolist() for places in found] == [[1, 4], [0, 2], [3]]
    assert people_of(np.array([], dtype=str)) == []


def test_the_range_of_other_labels_has_to_be_said():
    assert insist_on_range("age", None) == (0.0, 100.0)
    assert insist_on_range("bmi", (10.0, 60.0)) == (10.0, 60.0)
    with pytest.raises(UsageError, match="--label-range LOW HIGH"):
        insist_on_range("bmi", None)
