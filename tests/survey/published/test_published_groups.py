"""Headings of a paper's table: groups and how many people they have, everybody, p-values."""

from __future__ import annotations

import pytest

from made_survey import question
from printed_table_one import GROUP, SEX, SMOKES
from remembrain.survey.columns import Question
from remembrain.survey.published.groups import groups_of, is_p, level_of, people_of
from remembrain.survey.published.vocabulary import Vocabulary

WORDS = Vocabulary((GROUP, SEX, SMOKES))


@pytest.mark.parametrize(
    ("heading", "name", "people"),
    [
        ("Overall (N = 200)", "Overall", 200),
        ("**Control**, N = 1,120¹", "Control", 1120),
        ("Controls\n(n=120, 60%)", "Controls", 120),
        ("(n = 80)", "", 80),
        ("Control (60%)", "Control", None),
        ("p-value", "p-value", None),
    ],
)
def test_how_many_people_a_heading_says(heading: str, name: str, people: int | None) -> None:
    assert people_of(heading) == (name, people)


def test_the_role_of_every_column() -> None:
    headings = [
        "Overall (N = 200)",
        "Controls (n=120)",
        "patient",
        "P value",
        "SMD",
        "All participants",
        "Study cohort",
    ]
    groups, unclear = groups_of(list(enumerate(headings, start=1)), WORDS, ("group",))
    roles = ["everybody", "group", "group", "p", "not used", "everybody", "everybody"]
    assert ([group.role for group in groups], unclear) == (roles, [])
    assert [(group.question, group.level) for group in groups[1:3]] == [(GROUP, 0), (GROUP, 1)]
    assert [group.people for group in groups[:3]] == [200, 120, None]


@pytest.mark.parametrize(
    ("heading", "level"),
    [("Control group", 0), ("Patients group", 1), ("control participants", 0), ("Age group", None), ("group", None)],
)
def test_a_group_is_its_level(heading: str, level: int | None) -> None:
    assert level_of(GROUP, heading) == level


def test_patients_are_not_everybody_and_not_cases() -> None:
    cases = Question("arm", "categorical", ("0", "1"), ("case", "control"))
    groups, _ = groups_of([(1, "Patients (n=80)"), (2, "Controls (n=9)")], Vocabulary((cases,)), ("arm",))
    assert [group.role for group in groups] == ["not used", "group"]


def test_a_heading_that_may_be_of_two_questions_is_that_of_by_or_asked_about() -> None:
    both = Vocabulary((SMOKES, Question("drinks", "categorical", ("0", "1"), ("no", "yes"))))
    assert groups_of([(1, "Yes")], both, ("smokes",))[0][0].question is SMOKES
    assert groups_of([(1, "Yes")], both, ())[1] == ["the heading Yes may be a level of smokes, drinks: say which in by"]


@pytest.mark.parametrize(
    ("text", "p"), [("P", True), ("p for trend", True), ("Sig.", True), ("p53", False), ("n", False)]
)
def test_p_values(text: str, p: bool) -> None:
    assert is_p(text) is p


def test_levels_in_the_plural() -> None:
    assert (level_of(GROUP, "Controls"), level_of(GROUP, "PATIENT"), level_of(GROUP, "cases")) == (0, 1, None)
    assert level_of(question("q0", 2), "q0:1") == 1
