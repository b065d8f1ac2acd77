"""A table of answers: what is read of it, and what is missing in one clear message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.answer_columns import Named
from remembrain.cohort.answers import members_of, read_answers
from remembrain.cohort.columns import Reading
from remembrain.cohort.facts import Columns
from remembrain.cohort.joining import Beside
from remembrain.errors import DataError, ProblemsError

N = 40


def frame(**columns) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    age = rng.uniform(45, 80, N).round(1)
    return pd.DataFrame(
        {
            "participant_id": [f"sub-{place:03d}" for place in range(N)],
            "age": age,
            "sex": ["F", "M"] * (N // 2),
            "predicted_age": (age + rng.normal(size=N)).round(3),
            "member": [1, 0] * (N // 2),
            **columns,
        }
    )


def read(tmp_path: Path, table: pd.DataFrame, named: Named = Named()):  # noqa: B008  # frozen
    table.to_csv(tmp_path / "p.csv", index=False)
    return read_answers(tmp_path / "p.csv", Columns("age"), named, Reading())


def said_in(answers, tmp_path):
    return members_of(answers.found.member, answers.said, answers.cohort.scans, tmp_path / "p.csv")


def test_predictions_are_read_as_they_are_and_are_no_facts(tmp_path):
    table = frame(education=np.arange(N) % 7 + 8)
    answers = read(tmp_path, table)
    np.testing.assert_array_equal(answers.predicted[:, 0], table.predicted_age)
    assert set(answers.cohort.features.columns) <= {"sex", "education"}
    assert not any(problem.fatal for problem in answers.cohort.problems)
    np.testing.assert_array_equal(said_in(answers, tmp_path), table.member == 1)


def test_a_gap_and_a_second_column_of_membership_are_no_facts_and_are_told(tmp_path):
    table = frame(education=np.arange(N) % 7 + 8, dataset=["train", "test"] * (N // 2))
    table["distance"] = (table.predicted_age - table.age).abs()
    answers = read(tmp_path, table)
    assert set(answers.cohort.features.columns) == {"sex", "education"}
    told = [problem.what for problem in answers.cohort.problems if "blind baseline" in problem.what]
    assert [what.partition(" left out")[0] for what in told] == ["1 column (dataset)", "1 column (distance)"]
    table.to_csv(tmp_path / "p.csv", index=False)
    kept = read_answers(tmp_path / "p.csv", Columns("age"), Named(), Reading(keep=("distance",)))
    assert set(kept.cohort.features.columns) == {"sex", "education", "distance"}


def test_what_is_no_disguise_is_left_out_and_told_even_as_text(tmp_path):
    table = frame(predicted_age_sd=2.5, predicted_group=["old", "young"] * (N // 2))
    table["predicted_flipped"] = table.predicted_age + 0.5 * np.random.default_rng(1).normal(size=N)
    table["predicted_bmi"] = np.random.default_rng(2).normal(25, 2, N)
    answers = read(tmp_path, table)
    assert answers.found.disguised == ("predicted_flipped",)
    assert answers.predicted.shape == (N, 2)
    assert set(answers.cohort.features.columns) <= {"sex"}
    told = [problem.what for problem in answers.cohort.problems if "not used" in problem.what]
    assert ["predicted_age_sd" in told[0], "predicted_group" in told[1], "predicted_bmi" in told[2]] == [True] * 3
    assert len(told) == 3
    assert not any(problem.fatal for problem in answers.cohort.problems)


def test_nothing_but_answers_is_enough(tmp_path):
    answers = read(tmp_path, frame()[["participant_id", "age", "predicted_age", "member"]])
    assert len(answers.cohort.scans) == N
    assert not any(problem.fatal for problem in answers.cohort.problems)


@pytest.mark.parametrize(("cell", "said"), [("", "no predicted_age"), ("old", "predicted_age old is no number")])
def test_a_missing_prediction_is_a_problem_of_the_person(tmp_path, cell, said):
    table = frame().astype({"predicted_age": object})
    table.loc[3, "predicted_age"] = cell
    problems = read(tmp_path, table).cohort.problems
    (found,) = [problem for problem in problems if problem.fatal]
    assert (found.participant, found.what) == ("sub-003", said)


def commas(column: pd.Series, places: int) -> list[str]:
    return [f"{value:.{places}f}".replace(".", ",") for value in column]


def test_decimal_commas_are_told_by_the_whole_file(tmp_path):
    table = frame()
    written = table.assign(age=commas(table.age, 1), predicted_age=commas(table.predicted_age, 3))
    written.to_csv(tmp_path / "p.csv", index=False, sep=";")
    answers = read_answers(tmp_path / "p.csv", Columns("age"), Named(), Reading())
    np.testing.assert_array_equal(answers.predicted[:, 0], table.predicted_age)
    np.testing.assert_array_equal(answers.cohort.scans.age, table.age)


@pytest.mark.parametrize("age", ["round", "point"])
def test_commas_that_may_part_thousands_are_asked_about(tmp_path, age):
    table = frame()
    written = table.assign(predicted_age=commas(table.predicted_age, 3))
    if age == "round":
        written.age = table.age.round().astype(int)
    written.to_csv(tmp_path / "p.csv", index=False, sep=";")
    with pytest.raises(DataError, match="may be thousands or a fraction"):
        read_answers(tmp_path / "p.csv", Columns("age"), Named(), Reading())
    if age == "round":
        answers = read_answers(tmp_path / "p.csv", Columns("age"), Named(), Reading(decimal=","))
        np.testing.assert_array_equal(answers.predicted[:, 0], table.predicted_age)


def test_answers_beside_a_table_of_people_have_a_separator_of_their_own(tmp_path):
    table = frame()
    answers, people = ["participant_id", "predicted_age", "gap"], ["participant_id", "age", "sex", "member"]
    table["gap"] = commas(table.predicted_age - table.age, 4)
    table.assign(predicted_age=commas(table.predicted_age, 3))[answers].to_csv(tmp_path / "p.csv", index=False, sep=";")
    table[people].to_csv(tmp_path / "people.csv", index=False)
    beside = Beside((), tmp_path / "people.csv")
    read = read_answers(tmp_path / "p.csv", Columns("age"), Named(), Reading(), beside)
    np.testing.assert_array_equal(read.predicted[:, 0], table.predicted_age)
    np.testing.assert_array_equal(read.cohort.scans.age, table.age)


def test_predictions_become_years_with_the_labels(tmp_path):
    table = frame().rename(columns={"age": "age_months"})
    table[["age_months", "predicted_age"]] *= 12
    table.to_csv(tmp_path / "p.csv", index=False)
    for columns in (Columns("age_months", "months"), Columns("age")):
        answers = read_answers(tmp_path / "p.csv", columns, Named(), Reading())
        np.testing.assert_allclose(answers.predicted[:, 0], table.predicted_age / 12)
        np.testing.assert_allclose(answers.cohort.scans.age, table.age_months / 12)


@pytest.mark.parametrize(
    ("cells", "said"),
    [(["", 0] * (N // 2), "says nothing of"), ([2, 0] * (N // 2), "may say who"), ([1, 1] * (N // 2), "nobody")],
)
def test_who_was_trained_on_has_to_be_said_of_everybody(tmp_path, cells, said):
    answers = read(tmp_path, frame(member=cells))
    with pytest.raises(DataError, match=said):
        said_in(answers, tmp_path)


def test_a_person_has_one_role(tmp_path):
    table = frame(session_id=["a", "b"] * (N // 2))
    table.participant_id = [f"sub-{place // 2:03d}" for place in range(N)]
    answers = read(tmp_path, table)
    with pytest.raises(ProblemsError, match="is a member in one row"):
        said_in(answers, tmp_path)
