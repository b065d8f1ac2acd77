"""Rows of a paper's table: of which question and level each is, by its label and its section."""

from __future__ import annotations

import pytest

from printed_table_one import AGE, BMI, GROUP, SCHOOL, SEX, SMOKES
from remembrain.survey.published.specs import Spec
from remembrain.survey.published.table_one_lines import Line, lines_of
from remembrain.survey.published.table_one_rows import Rows
from remembrain.survey.published.vocabulary import Vocabulary

QUESTIONS = (GROUP, SEX, SMOKES, SCHOOL, AGE, BMI)
PEOPLE = Spec("count", "percent")


def taken(*labels: str) -> Rows:
    """Rows of these labels; a section where it ends in a colon."""
    rows = Rows(Vocabulary(QUESTIONS), frozenset(one.name for one in QUESTIONS))
    lines = [
        Line(place, label.removesuffix(":"), "", "", () if label.endswith(":") else ("1",))
        for place, label in enumerate(labels)
    ]
    rows.know(lines)
    for line in lines:
        rows.take(line)
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
        ("Sex, n female (%)", ("sex", 1)),
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


@pytest.mark.parametrize("label", ["N", "n", "Valid N", "N valid", "No. of observations", "Nonmissing", "n obs"])
def test_a_number_of_people_below_a_variable_is_who_answered_it(label: str) -> None:
    assert understood(taken("Age:", label, "Mean (SD)"))[0] == ("answered", "age", -1)
    assert understood(taken("Age, mean (SD)", label))[1] == ("answered", "age", -1)
    assert understood(taken("Sex, n (%):", "male", label))[1] == ("everybody", "sex", -1)


@pytest.mark.parametrize("label", ["N", "No. of participants", "Participants, n", "Total N (%)"])
def test_a_number_of_people_of_no_variable_is_that_of_the_groups(label: str) -> None:
    assert understood(taken(label, "Age, mean (SD)"))[0] == ("people", None, -1)


@pytest.mark.parametrize(
    "labels", [("Weight index:", "N"), ("Weight index, mean (SD)", "Valid N"), ("Any illness, n (%)", "n")]
)
def test_a_number_of_people_below_what_is_not_known_is_of_nobody(labels: tuple[str, str]) -> None:
    rows = taken(*labels, "Age, mean (SD)", "N")
    assert understood(rows) == [("number", "age", -1), ("answered", "age", -1)]
    assert labels[1] in rows.unknown


def test_people_at_both_levels_of_a_question_are_two_rows() -> None:
    rows = Rows(Vocabulary(QUESTIONS), frozenset({"sex"}))
    rows.take(Line(3, "Sex, female/male", "", "", ("97/103", "", "42 / 50")))
    rows.take(Line(4, "Sex, female/male, n", "", "", ("97/103", "", "42/50")))
    assert [(fact.level, fact.line.cells, fact.said) for fact in rows.facts[:3]] == [
        (1, ("97", "", "42"), False), (0, ("103", "", "50"), False), (1, ("97", "", "42"), True)
    ]  # fmt: skip
    assert rows.notes[0] == "Sex, female/male is taken for people of sex: female and male"
    rows.take(Line(5, "Sex, female/male, %", "", "", ("48/52", "", "46/54")))
    assert rows.problems[0][0] == 5


def test_quartiles_and_what_is_not_used_stand_below_the_name_of_a_number() -> None:
    rows = taken("Age:", "Median", "Q1, Q3", "25th percentile", "75%", "Min, Max", "Range")
    specs = [fact.spec for fact in rows.facts]
    assert [spec.first for spec in specs if spec] == ["median", "median", "lower", "upper", "other", "other"]
    assert (specs[1], rows.unknown) == (Spec("median", "quartiles", alone=True), [])


def test_a_row_of_another_time_is_not_taken_and_said() -> None:
    rows = taken("Age, follow-up, mean (SD)", "Age at baseline, mean (SD)", "Sex, follow-up, n (%):", "male")
    assert understood(rows) == [("number", "age", -1)]
    why = "(of another time, of others, or on another scale), and not used"
    assert rows.notes[:3] == [
        f"Age, follow-up, mean (SD) is another variable than age {why}",
        "Age at baseline, mean (SD) is taken for age",
        f"Sex, follow-up, n (%) is another variable than sex {why}",
    ]


def test_a_kind_of_people_that_is_no_level_is_said() -> None:
    rows = taken("Ever smoker, n (%)", "Current smoker, n (%)")
    assert understood(rows) == [("level", "smokes", 1)]
    assert rows.notes == [
        "Ever smoker, n (%) is no level of smokes (no, yes), and not used",
        "Current smoker, n (%) is taken for smokes: yes",
    ]


def test_what_is_told_may_stand_in_place_of_a_level() -> None:
    rows = Rows(Vocabulary(QUESTIONS), frozenset({"age"}))
    for label, level in (("age", "Mean (SD)"), ("", "Missing"), ("", "old")):
        rows.take(Line(3, label, level, "", ("5.1 (2)",)))
    assert understood(rows) == [("number", "age", -1), ("no answer", "age", -1)]
    assert rows.problems == [(3, "old beside age, a number, is no level of it", "age")]


@pytest.mark.parametrize(
    ("label", "told", "kind"),
    [("Age", "n", "answered"), ("Age", "missing", "no answer"), ("Age", "mean (SD)", "number")],
)
def test_what_columns_tell_of_a_number(label: str, told: str, kind: str) -> None:
    rows = Rows(Vocabulary(QUESTIONS), frozenset({"age"}))
    rows.take(Line(3, label, "", told, ("5",)))
    assert understood(rows) == [(kind, "age", -1)]


@pytest.mark.parametrize(
    ("labels", "unknown"),
    [
        (("Age at menarche, mean (SD)", "Missing"), "Age at menarche, mean (SD), Missing"),
        (("Any comorbidity, n (%)",), "Any comorbidity, n (%)"),
        (("Yes, n (%)",), "Yes, n (%)"),
    ],
)
def test_rows_of_what_is_not_known_are_taken_for_nothing(labels: tuple[str, ...], unknown: str) -> None:
    rows = taken(*labels)
    assert rows.facts == []
    assert rows.notes == [f"rows of what is no question of DATA are not used: {unknown}"]


@pytest.mark.parametrize("over", ["Women only:", "Caregivers:", "At 12 months:", "Sex of the caregiver:"])
def test_rows_below_others_or_a_part_are_not_used_until_the_next_section(over: str) -> None:
    rows = taken(over, "Age, mean (SD)", "Missing", "female", "Clinical data:", "Bmi, mean (SD)")
    assert understood(rows) == [("number", "bmi", -1)]
    what = f"rows below {over[:-1]} are of others or of a part, and not used: Age, mean (SD), Missing, female"
    assert rows.notes == [what]


@pytest.mark.parametrize(
    ("own", "other", "name"),
    [
        ("Age, years, mean (SD)", "Age, brain-predicted, mean (SD)", "age"),
        ("Smokes, n (%)", "Smokes (in the family), n (%)", "smokes"),
        ("Smokes, n (%)", "Smokes: a pipe, n (%)", "smokes"),
    ],
)
def test_beside_a_row_of_the_very_name_one_with_more_words_is_another_variable(own: str, other: str, name: str) -> None:
    for labels in ((own, other), (other, own)):
        rows = taken(*labels)
        assert [fact.line.label for fact in rows.facts] == [own]
        assert any(f"{other} is another variable than {name} (which has a row of its own)" in one for one in rows.notes)


def test_a_mean_beside_the_name_of_levels_is_of_another_variable() -> None:
    rows = taken("Smokes, pack-years, mean (SD)", "Missing", "Smokes, n (%)")
    assert understood(rows) == [("level", "smokes", 1)]
    assert rows.problems == []
    assert rows.notes[0] == "Smokes, pack-years, mean (SD) tells a number, and smokes is none: it is not used"


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
    assert [problem[:2] for problem in taken(label).problems] == [(0, what)]


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
    assert rows.problems == [(5, "none is no level of sex (male, female)", "sex")]
