"""What says again what a model answered, or who was trained on, is no fact of people; what is known without it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.answers_facts import no_facts, refuse_membership
from remembrain.errors import DataError
from remembrain.types import Scans

N = 400
RNG = np.random.default_rng(0)
AGE = RNG.uniform(45, 80, N).round(2)
MEMBER = np.arange(N) % 2 == 0
PREDICTED = 62 + 0.9 * (AGE - 62) + RNG.normal(size=N) * np.where(MEMBER, 2, 5)
GAP = PREDICTED - AGE


def told(column) -> dict[str, str]:
    return no_facts(pd.DataFrame({"x": column}), AGE, {"predicted_age": PREDICTED})


@pytest.mark.parametrize(
    "column",
    [
        GAP,
        -12 * GAP,
        GAP.round(),
        np.abs(GAP),
        GAP**2,
        (GAP - GAP.mean()) / GAP.std(),
        np.abs(GAP - 0.2 * AGE + 3),
        np.exp(-np.abs(GAP)),
        np.where(np.arange(N) % 10, GAP, np.nan),
        GAP - np.polyval(np.polyfit(AGE, GAP, 1), AGE),
        PREDICTED * 12,
        PREDICTED - 3 + 0.2 * RNG.normal(size=N),
    ],
)
def test_what_is_computed_of_answers_is_no_fact_whatever_its_name(column):
    assert told(column) == {"x": "computed of predicted_age and the label"}


def test_answers_of_other_models_are_no_facts():
    other = AGE + 0.6 * GAP + 2 * RNG.normal(size=N)
    assert set(told(12 * other)) == {"x"}
    ill = np.where(MEMBER, 1.0, np.nan) * 0 + GAP
    assert no_facts(pd.DataFrame({"x": ill}), AGE, {"predicted_age": PREDICTED, "reference_1": AGE + ill}) == {
        "x": "computed of predicted_age and the label"
    }


@pytest.mark.parametrize(
    "column",
    [
        AGE * 365.25,
        np.floor(AGE),
        AGE + 2 + 0.1 * RNG.normal(size=N),
        AGE**2,
        RNG.integers(8, 20, N),
        40 - 0.5 * AGE + 3 * RNG.normal(size=N),
        RNG.normal(size=N),
        ["control", "patient"] * (N // 2),
        np.where(np.arange(N) == int(np.argmax(np.abs(GAP))), 1e4, RNG.normal(size=N)),
        np.full(N, np.nan),
        np.ones(N),
    ],
)
def test_facts_stay(column):
    assert told(column) == {}


@pytest.mark.parametrize(
    ("name", "column", "kind"),
    [
        ("split", ["train", "test"] * (N // 2), "who was trained on"),
        ("dataset", ["train", "test"] * (N // 2), "who was trained on"),
        ("in_training_set", MEMBER.astype(int), "who was trained on"),
        ("outer_fold", np.arange(N) % 5, "folds"),
        ("brainPAD", RNG.normal(size=N), "predictions"),
        ("mae", np.abs(RNG.normal(size=N)), "predictions"),
        ("lower.CI", RNG.normal(size=N), "a bound of predictions"),
    ],
)
def test_usual_names_are_known(name, column, kind):
    assert no_facts(pd.DataFrame({name: column}), AGE, {"predicted_age": PREDICTED}) == {name: kind}


def test_a_measure_of_the_brain_may_go_with_an_answer_more_than_the_label_does():
    strong = PREDICTED + 3 * RNG.normal(size=N)
    answers = {"predicted_age": PREDICTED + 20 * RNG.normal(size=N)}
    answers["predicted_age"] += 2 * (strong - strong.mean())
    assert no_facts(pd.DataFrame({"ventricle_volume": strong}), AGE, answers) == {}
    assert set(no_facts(pd.DataFrame({"score": strong}), AGE, answers)) == {"score"}


def scans(site=("a",) * N) -> Scans:
    names = np.array([f"sub-{place:03d}" for place in range(N)])
    return Scans(names, np.full(N, ""), AGE, np.full(N, "F"), np.array(site, dtype=str))


@pytest.mark.parametrize(
    "column",
    [
        MEMBER.astype(float),
        np.where(MEMBER, "yes", "no"),
        np.where(MEMBER, 2, 1),
        np.where(MEMBER, np.arange(N) % 5, -1),
        np.where(MEMBER, "x", None),
    ],
)
def test_what_divides_people_as_membership_does_is_asked_about(column):
    frame = pd.DataFrame({"x": column})
    with pytest.raises(DataError, match="x divides people exactly") as caught:
        refuse_membership(frame, scans(), MEMBER, (), "p.csv")
    assert "--drop x" in str(caught.value)
    assert refuse_membership(frame, scans(), MEMBER, ("x",), "p.csv") == []
    assert refuse_membership(frame, scans(np.where(MEMBER, "a", "b")), MEMBER, (), "p.csv") == []  # two sites differ


def test_cohorts_that_divide_people_are_told_and_what_does_not_divide_them_is_not():
    cohort = np.where(MEMBER, "UKB", "ADNI")
    rest = {"y": np.arange(N) % 3, "z": GAP, "w": np.where(MEMBER | (np.arange(N) == 1), "a", "b")}
    frame = pd.DataFrame({"cohort": cohort, "loss": np.where(MEMBER, np.abs(GAP), np.nan), **rest})
    frame["school_years"] = np.where(MEMBER, 8 + np.arange(N) % 9, np.nan)
    assert refuse_membership(frame, scans(), MEMBER, (), "p.csv") == ["cohort", "loss", "school_years"]
