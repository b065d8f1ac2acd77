"""Rows of a paper's table: of which question and level each is, by its label and its section."""

from __future__ import annotations

import pytest

from printed_table_one import AGE, BMI, GROUP, SCHOOL, SEX, SMOKES
from remembrain.survey.published.specs import Spec
from remembrain.survey.published.table_one_rows import Line, Rows, lines_of
from remembrain.survey.published.vocabulary import Vocabulary

QUESTIONS = (GROUP, SEX, SMOKES, SCHOOL, AGE, BMI)
PEOPLE = Spec("count", "percent")


def taken(*labels: str) -> Rows:
    """Rows of these labels; a section where it ends in a colon."""
    rows = Rows(Vocabulary(QUESTIONS), frozenset(one.name for one in QUESTIONS))
    for place, label in enumerate(labels):
        rows.take(Line(place, label.removesuffix(":"), "", "", () if label.endswith(":") else ("1",)))
    rows.finish()
    return rows


def understood(rows: Rows) -> list[tuple[str, str | None, int]]:
    return [(fact.kind, fact.question.name if fact.question else None, fact.level) for fact in rows.facts]


def test_levels_stand_in_their_section_and_no_answer_is_of_the_question_before() -> None:
    rows = taken("School, n (%):", "primary", "tertiary", "Missing", "Age, mean (SD)", "Missing, n (%)")
    assert understood(rows) == [
        ("level", "school", 0), ("level", "school", 2), ("no answer", "school", -1), ("number", "age", -1),
        ("no answer", "age", -1),
    ]  # fmt: skip
    assert [fact.spec for fact in rows.facts[:2]] == [PEOPLE] * 2
    assert (rows.notes, rows.problems) == ([], [])


def test_a_level_alone_is_said() -> None:
    rows = taken("Female, n (%)", "Male sex, n (%)", "sex = Male (%)", "Smokes, n (%)", "N", "No. of participants")
    assert understood(rows) == [
        ("level", "sex", 1), ("level", "sex", 0), ("level", "sex", 0), ("level", "smokes", 1), ("people", None, -1),
        ("people", None, -1),
    ]  # fmt: skip
    assert rows.notes[0] == "Female, n (%) is taken for sex: female"


@pytest.mark.parametrize(
    ("label", "level"),
    [
        ("smokes = no (%)", ("smokes", 0)),
        ("Smokes (no), n (%)", ("smokes", 0)),
        ("Smokes, No. (%)", ("smokes", 1)),
        ("Smokes (daily), n (%)", ("smokes", 1)),
        ("Sex (female), n (%)", ("sex", 1)),
        ("Sex, % female", ("sex", 1)),
        ("School: tertiary, n (%)", ("school", 2)),
    ],
)
def test_a_level_beside_the_name_of_its_question_is_that_level(label: str, level: tuple[str, int]) -> None:
    assert understood(taken(label)) == [("level", *level)]


@pytest.mark.parametrize("label", ["Smokes, no", "Smokes (never), n (%)", "Smokes: former", "Sex (male/female), n"])
def test_a_label_that_may_deny_its_question_is_asked_about(label: str) -> None:
    rows = taken(label)
    assert (rows.facts, len(rows.problems)) == ([], 1)


def test_what_is_told_stands_below_the_name_of_a_number() -> None:
    spreads = taken("Age:", "Mean", "Std. Deviation").facts
    assert [fact.spec for fact in spreads] == [Spec("mean"), Spec("mean", "sd", alone=True)]
    rows = taken("Age (years):", "N-Miss", "Mean (SD)", "Median [Q1, Q3]", "Missing")
    number, lacking = ("number", "age", -1), ("no answer", "age", -1)
    assert understood(rows) == [lacking, number, number, lacking]
    assert [fact.spec.first for fact in rows.facts[1:3] if fact.spec] == ["mean", "median"]


@pytest.mark.parametrize(
    ("labels", "unknown"),
    [
        (("Sex of the caregiver:", "female"), "female"),
        (("Age at menarche, mean (SD)", "Missing"), "Age at menarche, mean (SD), Missing"),
        (("Any comorbidity, n (%)",), "Any comorbidity, n (%)"),
        (("Yes, n (%)",), "Yes, n (%)"),
    ],
)
def test_rows_of_what_is_not_known_are_taken_for_nothing(labels: tuple[str, ...], unknown: str) -> None:
    rows = taken(*labels)
    assert rows.facts == []
    assert rows.notes == [f"rows of what is no question of DATA are not used: {unknown}"]


def test_a_label_that_says_more_is_said() -> None:
    assert taken("Age (at diagnosis), mean (SD)").notes == ["Age (at diagnosis), mean (SD) is taken for age"]


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ("School, n (%)", "of which level of school (primary, secondary, tertiary) School, n (%) is, is not said"),
        ("Age, n (%)", "Age, n (%) is a number, and its row tells people"),
        ("Female, mean (SD)", "Female, mean (SD) is no number whose mean could be told"),
    ],
)
def test_what_cannot_be_is_asked_about(label: str, what: str) -> None:
    assert taken(label).problems == [(0, what)]


def test_a_sign_of_percent_beside_a_number_is_its_unit() -> None:
    rows = taken("Bmi, %", "Bmi (%), mean (SD)")
    assert [fact.spec for fact in rows.facts] == [None, Spec("mean", "sd")]
    assert rows.problems == []


def test_columns_of_levels_and_of_what_is_told() -> None:
    lines = lines_of([(3, ("Sex", "male", "n (%)", "5 (50)")), (4, ("", "female", "", "5 (50)"))], 2, 1, [3])
    rows = Rows(Vocabulary(QUESTIONS), frozenset({"sex"}))
    for line in lines:
        rows.take(line)
    assert understood(rows) == [("level", "sex", 0), ("level", "sex", 1)]
    assert {fact.spec for fact in rows.facts} == {PEOPLE}
    rows.take(lines_of([(5, ("", "none", "", "5 (50)"))], 2, 1, [3])[0])
    assert rows.problems == [(5, "none is no level of sex (male, female)")]
