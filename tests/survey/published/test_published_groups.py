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


def test_other_words_are_taken_for_a_level_of_by_where_no_other_heading_is_it() -> None:
    def roles(*headings: str, by: tuple[str, ...] = ("group",)) -> tuple[list[tuple[str, int, bool]], list[str]]:
        groups, unclear = groups_of(list(enumerate(headings, start=1)), WORDS, by)
        return [(group.role, group.level, group.alike) for group in groups], unclear

    assert roles("Healthy controls", "MS patients") == ([("group", 0, True), ("group", 1, True)], [])
    assert roles("Healthy controls", by=())[0] == [("not used", -1, False)]
    assert roles("Patients", "Patients with MS") == ([("group", 1, False), ("not used", -1, False)], [])
    what = "each of the headings MS patients, NMO patients may be patient of group (control, patient)"
    both = roles("MS patients", "NMO patients")
    assert both == ([("not used", -1, False)] * 2, [f"{what}: call one as the level, and take the others out"])
    said = "the heading All patients may be everybody or patient of group: write Overall, or the level alone"
    assert roles("All patients", "Controls")[1] == [said]
    assert roles("All participants", "Controls")[1] == []


@pytest.mark.parametrize(
    ("text", "p"), [("P", True), ("p for trend", True), ("Sig.", True), ("p53", False), ("n", False)]
)
def test_p_values(text: str, p: bool) -> None:
    assert is_p(text) is p


def test_levels_in_the_plural() -> None:
    assert (level_of(GROUP, "Controls"), level_of(GROUP, "PATIENT"), level_of(GROUP, "cases")) == (0, 1, None)
    assert level_of(question("q0", 2), "q0:1") == 1


def test_a_column_of_t_is_nobody() -> None:
    assert [group.role for group in groups_of([(1, "Total"), (2, "t"), (3, "T")], WORDS, ())[0]] == [
        "everybody", "not used", "not used",
    ]  # fmt: skip
