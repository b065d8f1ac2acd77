"""Predictions of the same scan in disguise are of the same quantity; bounds, spreads and other quantities are none."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.answers_disguised import no_disguises

N = 200
RNG = np.random.default_rng(0)
LABEL = RNG.uniform(45, 80, N)
PREDICTED = 62 + 0.7 * (LABEL - 62) + 3 * RNG.normal(size=N)
WIDTH = 4 + 0.3 * RNG.normal(size=N)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.abs(RNG.normal(4, 1, N)), "of another size"),
        (np.arange(N) % 2, "of another size"),
        (RNG.uniform(size=N), "of another size"),
        (12 * PREDICTED, "of another size"),
        (RNG.permutation(PREDICTED), "not going with the predictions"),
        (np.full(N, np.nan), "no numbers"),
    ],
)
def test_other_quantities_are_none(values, why):
    assert no_disguises({"x": values}, PREDICTED, LABEL) == {"x": why}


def test_two_bounds_are_none_and_what_is_on_one_side_alone_may_be_a_disguise():
    bounds = {"a": PREDICTED - WIDTH, "b": PREDICTED + WIDTH}
    assert no_disguises(bounds, PREDICTED, LABEL) == dict.fromkeys(bounds, "bounds of the predictions")
    assert no_disguises({"b": PREDICTED + WIDTH}, PREDICTED, LABEL) == {}
    assert no_disguises({"a": PREDICTED - 0.2, "b": PREDICTED + 0.1}, PREDICTED, LABEL) == {}  # the truth is elsewhere


@pytest.mark.parametrize(
    "values",
    [
        PREDICTED,
        PREDICTED + RNG.normal(size=N),
        PREDICTED + 3 + 3 * RNG.normal(size=N),
        np.where(np.arange(N) < 20, np.nan, PREDICTED),
    ],
)
def test_answers_of_the_same_scans_are(values):
    assert no_disguises({"x": values}, PREDICTED, LABEL) == {}


def test_a_model_that_says_nothing_of_the_label_is_not_held_to_it():
    flat = 62 + 0.5 * RNG.normal(size=N)
    assert no_disguises({"x": 62 + 0.5 * RNG.normal(size=N)}, flat, LABEL) == {}
    assert no_disguises({"x": np.full(N, 50.0)}, np.full(N, 50.0), LABEL) == {}
    assert no_disguises({"x": PREDICTED[:5]}, PREDICTED[:5], LABEL[:5]) == {}
