"""Which question and level a label names: its own, at the time of the study, and nothing that is of another time."""

from __future__ import annotations

import pytest

from printed_table_one import AGE, SEX, SMOKES
from remembrain.survey.columns import Question
from remembrain.survey.published.specs import label_of
from remembrain.survey.published.table_one_levels import (
    both_levels,
    is_of_others,
    level_beside,
    level_said,
    named,
    of_its_kind,
)
from remembrain.survey.published.vocabulary import Vocabulary

SMOKING = Question("smoking", "categorical", ("0", "1", "2"), ("never", "former", "current"))
EVER = Question("ever_smoker", "categorical", ("0", "1"), ("no", "yes"))
WORDS = Vocabulary((AGE, SEX, SMOKES))


@pytest.mark.parametrize(
    "label",
    [
        "Age", "Age at baseline, years", "Age at scan", "Age at the first MRI scan, mean (SD)", "Age at enrolment",
        "Age at study inclusion (years)", "Baseline age", "Age (at diagnosis)", "Mean (SD) age at baseline",
        "Age in years", "Age yrs", "Age, years (18–65 years)",
    ],
)  # fmt: skip
def test_the_age_of_the_study_is_age(label: str) -> None:
    found = named(WORDS, label_of(label))
    assert found.own is AGE


@pytest.mark.parametrize(
    "label",
    [
        "Age, follow-up", "Age, at follow-up", "Age (at onset), mean (SD)", "Age, 12 months", "Age: week 12",
        "Age, mother", "Age (partner's), years", "Age, change", "Age – at discharge", "Age (log)", "Age, square root",
        "Age, ≥65 years, n (%)",
    ],
)  # fmt: skip
def test_another_time_or_somebody_else_is_another_variable(label: str) -> None:
    found = named(WORDS, label_of(label))
    assert (found.question, found.own) == (AGE, None)


@pytest.mark.parametrize(
    "label", ["Age at menarche", "Age at diagnosis", "Age at onset, years", "Age of the father", "Age C"]
)
def test_what_is_no_name_is_no_question(label: str) -> None:
    assert named(WORDS, label_of(label)).question is None


def test_words_for_the_same_question() -> None:
    assert named(WORDS, label_of("Gender, n (%)")).own is SEX
    assert named(Vocabulary((SMOKING,)), label_of("Smoking status, n (%)")).own is SMOKING
    both = Vocabulary((SEX, Question("gender", "categorical", ("1", "2"), ("male", "female"))))
    assert named(both, label_of("Gender")).name == "Gender"
    assert named(Vocabulary((SMOKING, SMOKES)), label_of("Smoker")).question is None


@pytest.mark.parametrize(
    ("question", "text", "title"),
    [
        (SMOKING, "Current smoker", "current"),
        (SMOKING, "Never smokers", "never"),
        (SMOKING, "Ex-smoker", "former"),
        (SMOKING, "Former smokers", "former"),
        (SMOKING, "Ever smoker", None),
        (SMOKES, "Current smokers", "yes"),
        (SMOKES, "Ever smoker", None),
        (SMOKES, "Never smokers", None),
        (SMOKES, "Non-smokers", None),
        (EVER, "Current smoker", None),
        (SEX, "Male sex", "male"),
        (SEX, "sex = female", "female"),
        (SEX, "Female gender", "female"),
    ],
)
def test_the_level_of_a_kind_of_people(question: Question, text: str, title: str | None) -> None:
    level = level_beside(question, text)
    assert (None if level is None else question.titles[level]) == title


@pytest.mark.parametrize(
    ("label", "title"),
    [
        *((f"APOE4{said}", "yes") for said in ("+, n (%)", " carriers, n (%)", " (+)", "-positive", " – n (%)")),
        *((f"APOE4{said}", "no") for said in ("−, n (%)", " (-), n (%)", " non-carriers", " noncarriers", " negative")),
        *((f"APOE4{said}", None) for said in (", never", ", denied (%)")),
    ],
)  # fmt: skip
def test_carriers_and_signs_say_yes_or_no(label: str, title: str | None) -> None:
    apoe = Question("apoe4", "categorical", ("0", "1"), ("no", "yes"))
    assert named(Vocabulary((apoe,)), label_of(label)).own is apoe
    level = level_said(apoe, label_of(label))
    assert (None if level is None else apoe.titles[level]) == title


def test_a_question_of_who_is_without_is_not_that_of_who_has() -> None:
    her2 = Vocabulary((Question("HER2", "categorical", ("0", "1", "2"), ("0", "1+", "2+")),))
    assert named(her2, label_of("HER2 positive, n (%)")).question is None
    hiv = Vocabulary((Question("HIV negative", "categorical", ("0", "1"), ("no", "yes")),))
    assert named(hiv, label_of("HIV positive, n (%)")).question is None


@pytest.mark.parametrize(
    ("label", "others"),
    [
        *((label, True) for label in ("Caregivers", "Women only", "12 months", "Follow-up", "Parents", "Men")),
        *((label, False) for label in ("Demographics", "Baseline", "Smokes, n (%)", "Maternal school, n (%)", "Yes")),
    ],
)  # fmt: skip
def test_what_stands_over_rows_may_say_that_they_are_of_others(label: str, others: bool) -> None:
    assert is_of_others(WORDS, label_of(label), None) == others
    assert not is_of_others(WORDS, label_of("male"), SEX)


def test_who_is_of_no_level_is_said_to_be_of_which_question() -> None:
    assert of_its_kind(WORDS, label_of("Ever smoker, n (%)")) is SMOKES
    assert of_its_kind(WORDS, label_of("Any comorbidity, n (%)")) is None


@pytest.mark.parametrize(
    ("label", "levels"),
    [
        ("Sex, male/female", (0, 1)), ("Gender (F:M)", (1, 0)), ("Female / male, n", (1, 0)),
        ("Smokes, yes/no", (1, 0)), ("Age, male/female", None), ("Age, kg/m2", None),
        ("Sex, n/N (%)", None), ("Sex, male/female/other", None),
    ],
)  # fmt: skip
def test_both_levels_of_a_question_of_two(label: str, levels: tuple[int, int] | None) -> None:
    found = both_levels(WORDS, label)
    assert (None if found is None else found[1:]) == levels


def test_a_question_of_a_word_for_a_kind_is_named_by_no_empty_label() -> None:
    status = Vocabulary((Question("status", "categorical", ("0", "1"), ("ill", "well")),))
    assert named(status, label_of("")).question is None
    assert named(status, label_of("Habit, n (%)")).question is None
