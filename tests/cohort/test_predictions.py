"""Predictions, membership and folds are no measures of a person; measures that sound a little like them are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.predictions import no_measures, what_to_do

RNG = np.random.default_rng(0)
N = 60
AGE = RNG.uniform(45, 80, N)
GAP = RNG.normal(0, 4, N)
HALF = np.tile([0.0, 1.0], N // 2)


def told(name: str, values) -> str:
    return no_measures(pd.DataFrame({name: values}), AGE).get(name, "")


PREDICTIONS = """
predicted_age pred brain_age BrainAge BAG brainage_gap delta PAD brain_PAD y_pred y_hat yhat brainAGE age_gap
pred_age_run3 resid residuals AgeDelta estimated_age y_true abs_error brain.age.delta prediction
"""
MEMBERSHIP = """
was_in_training member is_member train split set partition in_train training_set subset isTrain data_split heldout
in_sample membership used_for_training
"""


@pytest.mark.parametrize("name", PREDICTIONS.split())
def test_names_of_predictions(name: str) -> None:
    assert told(name, GAP) == "predictions"


@pytest.mark.parametrize("name", MEMBERSHIP.split())
def test_names_of_membership(name: str) -> None:
    assert told(name, HALF) == "who was trained on"


@pytest.mark.parametrize("levels", ["train test", "Training Validation", "member non-member", "train dev test"])
def test_levels_of_membership_under_any_name(levels: str) -> None:
    assert told("group", (levels.split() * N)[:N]) == "who was trained on"


@pytest.mark.parametrize("name", ["fold", "cv_fold", "Fold", "outer_fold", "kfold"])
def test_folds(name: str) -> None:
    assert told(name, np.tile(np.arange(5.0), N // 5)) == "folds"


def test_predictions_of_classes_are_predictions_too() -> None:
    assert told("predicted_sex", ["F", "M"] * 30) == "predictions"


def test_predictions_are_seen_by_their_values() -> None:
    assert "predictions of age" in told("x", AGE + GAP)
    assert "predictions of age" in told("x", 60 + 0.6 * (AGE - 60) + GAP / 2)
    assert "age itself in another form" in told("x", AGE * 12)
    assert "age itself in another form" in told("x", 2020 - AGE)
    assert told("x", np.where(np.arange(N) < 30, np.nan, AGE + GAP)) != ""


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hippocampus", 5000 - 20 * AGE + 40 * GAP),
        ("eTIV", 1.5e6 + 1e4 * GAP),
        ("EstimatedTotalIntraCranialVol", 1.5e6 + 1e4 * GAP),
        ("fold_change", GAP),
        ("training_hours", RNG.normal(50, 5, N)),
        ("stroop_test", HALF),
        ("group", ["patient", "control"] * 30),
        ("sex", ["F", "M"] * 30),
        ("error_rate", GAP),
        ("delta_power", GAP),
        ("padding", GAP),
        ("education", RNG.integers(8, 20, N)),
        ("mean_thickness", 4 - 0.02 * AGE + GAP / 40),
    ],
)
def test_measures_are_left_alone(name: str, values) -> None:
    assert told(name, values) == ""


def test_the_message_says_what_to_do() -> None:
    columns = {"predicted_age": "predictions", "in training": "who was trained on"}
    message = what_to_do(columns, 12)
    assert message.startswith("predicted_age (predictions), in training (who was trained on): no measures")
    for words in ("12 other columns", "--drop predicted_age 'in training'", "--members-list", "--keep NAME"):
        assert words in message
    alone = what_to_do(columns, 0)
    assert "No measure is left" in alone
    assert "--drop" not in alone
    assert "remembrain import" in alone


@pytest.mark.parametrize("name", ["age_group", "AgeBin", "Altersgruppe", "AGE_CATEGORY", "agegroup"])
def test_groups_of_ages_by_name(name: str) -> None:
    assert told(name, np.where(AGE > 60, "old", "young")) == "age in groups"


def test_groups_of_ages_by_what_stands_in_them() -> None:
    assert told("decade", [f"{age // 5 * 5:.0f}s" for age in AGE]) == "age in groups"
    assert told("group", np.where(AGE > 60, "patient", "control")) == ""
    assert told("group", [f"g{age:.3f}" for age in AGE]) == "", "as many levels as people are names"
