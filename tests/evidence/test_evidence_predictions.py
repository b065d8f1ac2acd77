"""Predictions that are not what a model gives out are known by their errors."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.evidence.predictions import habits, made_without, out_of_fold, step_of

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


def folds(seed: int, places: int | None, repeats: int = 1):
    """What models of each fold answer of members, who was in the training of each, and what one of all answers."""
    rng = np.random.default_rng(seed)
    label = rng.uniform(45, 80, N)
    fold = np.concatenate(
        [rng.permutation(np.arange(N) % 5)[:, None] + 5 * repeat for repeat in range(repeats)], axis=1
    )
    inside = ~(fold[:, :, None] == np.arange(5 * repeats)).any(axis=1)
    own = 4 * rng.normal(size=N)
    reference = label[:, None] + own[:, None] * np.where(inside, 0.6, 1) + 1.2 * rng.normal(size=inside.shape)
    released = label + 0.6 * own + 0.8 * rng.normal(size=N)
    return (reference, released) if places is None else (reference.round(places), released.round(places)), inside


@pytest.mark.parametrize("places", [None, 4, 1, 0])
@pytest.mark.parametrize("repeats", [1, 4])
def test_what_models_without_the_person_predicted_is_known_and_what_the_released_model_did_is_not_doubted(
    places, repeats
):
    (reference, released), inside = folds(4, places, repeats)
    assert made_without(released, reference, inside) == ""
    held_out = np.where(inside, np.nan, reference)
    assert "200 of 200 members have exactly" in made_without(np.nanmax(held_out, axis=1), reference, inside)
    if places != 0 or repeats == 1:
        mean = np.nanmean(held_out, axis=1)
        mean = mean if places is None else mean.round(places)
        assert "200 of 200" in made_without(mean, reference, inside)


def test_predictions_of_folds_are_known_though_they_are_rounded_otherwise_and_not_everybodys():
    (reference, released), inside = folds(5, None)
    of_folds = np.nanmax(np.where(inside, np.nan, reference), axis=1).round(2)
    assert "120 of 200" in made_without(np.where(np.arange(N) < 120, of_folds, released.round(2)), reference, inside)
    assert made_without(np.where(np.arange(N) < 20, of_folds, released.round(2)), reference, inside) == ""


def test_the_step_of_numbers_is_their_last_decimal():
    assert [step_of(np.array(values)) for values in ([1.0, 20], [0.5, 3], [0.25, 1.1], [np.pi])] == [1, 0.1, 0.01, 0]
