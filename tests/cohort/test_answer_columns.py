"""Columns of answers are told by their names, and what is not certain is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.cohort.answer_columns import Named, find_columns, member_column
from remembrain.errors import DataError


@pytest.mark.parametrize("name", ["predicted_age", "Predicted", "y_pred", "brainAge", "pred_age", "prediction"])
def test_usual_names_of_predictions_are_known(name):
    assert find_columns(["participant_id", "age", name, "member"], Named(), Path("p.csv")).prediction == name


@pytest.mark.parametrize("name", ["brain_age_gap", "prediction_error", "residual", "thickness"])
def test_differences_are_no_predictions(name):
    with pytest.raises(DataError, match="no column of predictions"):
        find_columns(["participant_id", "age", name, "member"], Named(), Path("p.csv"))


def test_predictions_after_a_correction_alone_are_asked_about_and_audited_where_they_are_said_to_be_the_models():
    names = ["participant_id", "age", "predicted_age_corrected", "member"]
    with pytest.raises(DataError, match="after a correction alone") as refused:
        find_columns(names, Named(), Path("p.csv"))
    assert refused.value.try_next.startswith("--prediction-column predicted_age_corrected")
    assert "--corrected-column" in str(refused.value)
    found = find_columns(names, Named(prediction="predicted_age_corrected"), Path("p.csv"))
    assert (found.prediction, found.corrected) == ("predicted_age_corrected", "")


def test_disguises_other_models_and_corrections_are_told_apart():
    names = ["id", "age", "predicted_age", "predicted_left", "predicted_age_corrected", "reference_1", "in_reference_1"]
    found = find_columns([*names, "is_member", "fold"], Named(), Path("p.csv"))
    assert (found.prediction, found.disguised) == ("predicted_age", ("predicted_left",))
    assert (found.corrected, found.references) == ("predicted_age_corrected", {"reference_1": "in_reference_1"})
    assert (found.member, found.folds) == ("is_member", "fold")


def test_bounds_spreads_and_other_quantities_are_no_disguises_and_no_second_predictions():
    beside = ["predicted_age_sd", "lower_predicted_age", "predicted_sex", "predicted_diagnosis_prob", "prediction_std"]
    found = find_columns(["id", "age", "predicted_age", "predicted_left", "member", *beside], Named(), Path("p.csv"))
    assert (found.prediction, found.disguised, found.beside) == ("predicted_age", ("predicted_left",), tuple(beside))
    assert {*beside} <= {*found.all}
    assert not {*beside} & {*found.answers}
    alone = find_columns(["id", "prob", "predicted_prob", "member"], Named(), Path("p.csv"))
    assert (alone.prediction, alone.beside) == ("predicted_prob", ())
    named = find_columns(["id", "age", "predicted_age", "predicted_max", "member"], Named("predicted_max"), Path("p"))
    assert named.prediction == "predicted_max"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["predicted_age", "reference_1"], "no column says whom that one was trained on"),
        (["predicted_age", "in_reference_1"], "whose answers are not there"),
        (["predicted_age", "yhat"], "several columns of predictions"),
        (["predicted_a", "predicted_b"], "several columns of predictions"),
    ],
)
def test_what_is_not_certain_is_asked(names, said):
    with pytest.raises(DataError, match=said):
        find_columns(["participant_id", "age", *names, "member"], Named(), Path("p.csv"))


def test_a_column_that_is_not_there_is_answered_with_the_nearest():
    with pytest.raises(DataError, match="predicted_age"):
        find_columns(["participant_id", "age", "predicted_age"], Named(prediction="predicted_agee"), Path("p.csv"))


def test_every_column_that_is_no_fact_is_listed_once():
    names = ["id", "age", "predicted_age", "reference_1", "in_reference_1", "member"]
    columns = find_columns(names, Named(), Path("p.csv"))
    assert sorted(columns.all) == sorted(names[2:])


def test_a_column_that_says_more_than_membership_is_none():
    assert member_column(["age", "is_member"]) == "is_member"
    assert member_column(["age", "members_of_household"]) == ""
