"""Numbers that may say *missing*: doubted far outside the rest, and never where they belong to it."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.sentinels import doubtful_codes, far_outside

VOLUMES = np.random.default_rng(0).normal(3500, 400, 60)
THICKNESS = np.random.default_rng(1).normal(2.5, 0.2, 60)
SCORES = np.random.default_rng(2).normal(0, 1, 60)
RATINGS = np.tile([0.0, 1, 2, 3, 4], 12)
AGES = np.random.default_rng(3).integers(20, 80, 60).astype(float)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (VOLUMES, [-9999]),
        (VOLUMES, [-9999, -999]),
        (VOLUMES, [-1]),
        (VOLUMES, [0]),
        (VOLUMES, [-32768]),
        (VOLUMES, [99999]),
        (THICKNESS, [-9]),
        (THICKNESS, [999.9]),
        (THICKNESS, [99]),
        (THICKNESS, [1e30]),
        (SCORES, [-999]),
        (SCORES, [88]),
        (RATINGS, [9]),
        (RATINGS, [7, 9]),
        (RATINGS, [77, 99]),
        (RATINGS, [-1]),
        (RATINGS, [-9, -8]),
        (RATINGS, [-4, -1]),
        (VOLUMES, [-4]),
        (AGES, [999]),
        (np.tile([0.0, 1.0], 20), [9]),
        (np.tile([1.0, 2.0], 20), [-8]),
    ],
)
def test_usual_codes_far_outside_are_doubted_even_once(values: np.ndarray, codes: list[float]) -> None:
    assert doubtful_codes(np.concatenate([values, codes, [np.nan]])) == sorted(codes)
    assert doubtful_codes(np.concatenate([values, codes * 4])) == sorted(codes)


def test_any_number_that_stands_again_and_again_far_outside_is_doubted() -> None:
    assert doubtful_codes(np.concatenate([VOLUMES, [60000.0] * 3])) == [60000]
    assert doubtful_codes(np.concatenate([THICKNESS, [-5.0] * 3])) == [-5]
    assert doubtful_codes(np.concatenate([VOLUMES, [60000.0]])) == []  # one outlier is no code


@pytest.mark.parametrize(
    "values",
    [
        VOLUMES,
        SCORES,
        np.append(SCORES, -1),
        RATINGS,
        np.tile([-3.0, -2, -1, 0, 1, 2, 3], 8),
        np.arange(10.0).repeat(4),
        np.append(AGES, [77, 88, 99]),
        np.append(np.zeros(50), [1, 2, 3, 4, 5, 6]),
        np.random.default_rng(4).exponential(5, 80).round(),
        np.append(np.random.default_rng(6).exponential(3, 80).round(), [60, 75, 88, 97, 99]),
        np.tile([0.0, 1.0], 20),
        np.linspace(70, 99, 60),
        np.append(np.random.default_rng(5).uniform(0, 3, 60), 0),
        np.array([1.0, 2, 999]),
    ],
)
def test_what_belongs_to_the_rest_is_no_code(values: np.ndarray) -> None:
    assert doubtful_codes(values) == []


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (THICKNESS, [2512]),
        (THICKNESS, [2512, 2481]),
        (THICKNESS, [-2512]),
        (VOLUMES, [3.512]),
        (VOLUMES, [512345.0]),
        (SCORES, [1234]),
        (np.append(np.zeros(30), np.linspace(0.1, 9, 30)), [1234]),
    ],
)
def test_a_number_of_another_size_is_doubted_even_once(values: np.ndarray, codes: list[float]) -> None:
    assert doubtful_codes(np.concatenate([values, codes, [np.nan]])) == sorted(codes)
    assert doubtful_codes(values) == []


def test_sizes_of_all_kinds_are_no_question() -> None:
    lesions = np.exp(np.random.default_rng(7).normal(0, 2.5, 200))
    assert doubtful_codes(lesions) == []
    assert doubtful_codes(np.append(lesions, 0.0)) == []
    assert doubtful_codes(np.concatenate([THICKNESS, THICKNESS * 1000])) == []  # two units, and neither is a few


def test_numbers_far_outside_are_told() -> None:
    assert far_outside(np.append(VOLUMES, [60000.0, np.nan])) == [60000]
    assert far_outside(np.append(THICKNESS, -41.5)) == [-41.5]
    for values in (VOLUMES, SCORES, RATINGS, np.append(VOLUMES, 9000.0), np.zeros(40), np.array([1.0, 500])):
        assert far_outside(values) == []
