"""Predictions that are not what a model gives out are known by their errors."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.evidence.predictions import habits, out_of_fold

N = 200


def made(seed: int, of_members: float, of_others: float):
    rng = np.random.default_rng(seed)
    member = np.arange(2 * N) < N
    label = rng.uniform(45, 80, 2 * N)
    predicted = label + rng.normal(size=2 * N) * np.where(member, of_members, of_others)
    return predicted, label, member, np.array([f"sub-{place:04d}" for place in range(2 * N)])


def test_members_who_err_less_are_of_the_released_model():
    assert out_of_fold(*made(0, 2.0, 4.0), folds=True, stated=1.6) == ""


@pytest.mark.parametrize(
    ("folds", "stated", "said"), [(True, None, "folds"), (False, 2.0, "2.00 is stated of training")]
)
def test_members_who_err_no_less_are_asked_about(folds, stated, said):
    assert said in out_of_fold(*made(1, 4.0, 4.0), folds=folds, stated=stated)


def test_nothing_is_asked_where_nothing_is_said_of_training():
    assert out_of_fold(*made(2, 4.0, 4.0)) == ""


def test_rounding_and_a_correction_with_the_truth_are_told():
    rng = np.random.default_rng(3)
    label = rng.uniform(45, 80, 1000)
    shrunk = 62 + 0.6 * (label - 62) + rng.normal(size=1000)
    assert habits(shrunk, label) == []
    assert "multiples of 0.1" in habits(np.round(shrunk, 1), label)[0]
    slope, offset = np.polyfit(label, shrunk - label, 1)
    assert "corrected with the true age" in habits(shrunk - slope * label - offset, label)[0]
