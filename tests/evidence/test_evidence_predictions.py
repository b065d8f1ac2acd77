"""Predictions that are not what a model gives out are known by their errors."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.evidence.predictions import habits, looks_corrected, made_without, out_of_fold, step_of

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


def shrunk(seed: int, n: int = 2 * N):
    """Ages, what a model shrinks towards their mean, and who was trained on."""
    rng = np.random.default_rng(seed)
    label = rng.uniform(45, 80, n)
    return (
        label,
        62 + 0.6 * (label - 62) + 4 * rng.normal(size=n),
        np.where(rng.permutation(n) < n // 2, "member", "nonmember"),
    )


def test_rounding_is_told():
    label, predicted, role = shrunk(3)
    assert habits(predicted, label, role) == []
    assert "multiples of 0.1" in habits(np.round(predicted, 1), label, role)[0]


@pytest.mark.parametrize("way", ["error on age", "prediction on age", "quadratic"])
@pytest.mark.parametrize("whom", ["everybody", "members", "non-members"])
@pytest.mark.parametrize("places", [None, 3, 1])
def test_a_correction_is_told_whomever_it_was_fitted_to(way, whom, places):
    label, predicted, role = shrunk(4)
    fitted = np.array([whom in ("everybody", {"member": "members", "nonmember": "non-members"}[one]) for one in role])
    if way == "prediction on age":
        slope, offset = np.polyfit(label[fitted], predicted[fitted], 1)
        corrected = (predicted - offset) / slope
    else:
        degree = 2 if way == "quadratic" else 1
        corrected = predicted - np.polyval(np.polyfit(label[fitted], (predicted - label)[fitted], degree), label)
    written = corrected if places is None else corrected.round(places)
    (*_, said) = habits(written, label, role)
    assert f"errors of {whom} do not go with the true label" in said
    assert "corrected with the true age" in said


def test_a_correction_with_ages_that_are_told_in_whole_years_or_tenths_is_told():
    label, predicted, _ = shrunk(5)
    corrected = predicted - np.polyval(np.polyfit(label, predicted - label, 1), label)
    assert looks_corrected(corrected, label.round(1))


def test_residuals_of_a_model_and_errors_that_happen_not_to_go_with_age_are_not_taken_for_corrected():
    rng = np.random.default_rng(6)
    label, inputs = rng.uniform(45, 80, N), rng.normal(size=(N, 40))
    inputs += label[:, None] / 20
    for ridge in (0.0, 1.0, 100.0):
        centred = inputs - inputs.mean(axis=0)
        weights = np.linalg.solve(centred.T @ centred + ridge * np.eye(40), centred.T @ (label - label.mean()))
        assert not looks_corrected(label.mean() + centred @ weights, label)
        assert not looks_corrected((label.mean() + centred @ weights).round(2), label)
    assert not looks_corrected(label, label)
    assert not looks_corrected(label + 1e-8 * rng.normal(size=N), label)
    independent = [looks_corrected((label + 4 * rng.normal(size=N)).round(seed % 4), label) for seed in range(400)]
    assert sum(independent) <= 8


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
