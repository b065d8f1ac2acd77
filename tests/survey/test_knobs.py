"""What is swept: which values can be tried, and that a knob turns nothing but itself."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from made_survey import EVERYTHING, made
from remembrain.errors import UsageError
from remembrain.record.table_settings import Adversary, Protection
from remembrain.survey.knobs import DEMOGRAPHIC, KNOBS, REALISM, changed, check_declared, realistic, values_of
from remembrain.survey.layout import lay_out
from remembrain.survey.release import Case, Survey

KNOB = {knob.name: knob for knob in KNOBS}
PROTECTED = Case(
    rules=Protection(round_to=5, suppress_below=3, noise_epsilon=9.0, noise="gaussian", sample=0.9),
    adversary=Adversary(known=0.5, known_columns=("q0",), answer_error=0.1, reference_size=40, knows_n=False),
)


def survey(people: int, reference: int = 0) -> Survey:
    answers = made(people)
    return Survey(answers, lay_out(EVERYTHING, answers, ""), reference=made(reference, seed=1) if reference else None)


def test_groups_and_references_are_tried_as_far_as_people_reach() -> None:
    assert values_of(KNOB["group_size"], {}, survey(400), Case()) == [25, 50, 100]
    assert values_of(KNOB["reference_size"], {}, survey(400), Case()) == [50, 100]
    assert values_of(KNOB["reference_size"], {}, survey(400), Case(group_size=300)) == [50]
    assert values_of(KNOB["reference_size"], {}, survey(400, reference=200), Case()) == [50, 100, 200]


def test_what_is_declared_is_tried_alone_and_as_it_is() -> None:
    declared = {"group_size": (300, 20, 20.0), "noise_epsilon": (1, 10)}
    assert values_of(KNOB["group_size"], declared, survey(400), Case()) == [20, 300]
    assert values_of(KNOB["noise_epsilon"], declared, survey(400), Case()) == [10, 1], "from the weakest on"
    assert values_of(KNOB["known"], declared, survey(400), Case()) == []


@pytest.mark.parametrize("name", KNOB)
def test_a_knob_turns_itself_alone_and_protection_is_tried_alone(name: str) -> None:
    value = {"known": 0.25, "sample": 0.25, "knows_n": 1}.get(name, 20)
    before, after = (
        asdict(case.rules) | asdict(case.adversary) | {"group_size": case.group_size}
        for case in (PROTECTED, changed(PROTECTED, name, value))
    )
    off = {"round_to": 0, "suppress_below": 0, "noise_epsilon": None, "sample": 0.9}
    beside = (off if KNOB[name].protects else {}) | ({"known_columns": ()} if name == "known" else {})
    assert after == before | beside | ({} if name == "tables" else {name: value})


def test_steps_take_from_full_knowledge_one_limit_after_another() -> None:
    cases = realistic(survey(400), PROTECTED)
    assert list(cases) == [words for words, _ in REALISM]
    assert all(case.rules == PROTECTED.rules for case in cases.values())
    first, *_, last = (case.adversary for case in cases.values())
    assert first == Adversary(reference_size=40)
    assert (last.known, last.answer_error, last.reference_size, last.reference_tilt) == (0.5, 0.1, 100, 0.5)


def test_what_is_no_knob_is_named_among_those_that_are() -> None:
    check_declared({"known": (1.0,)})
    with pytest.raises(UsageError, match="no knob 'unknown' to sweep") as refused:
        check_declared({"known": (1.0,), "unknown": (1.0,)})
    assert "noise_epsilon" in str(refused.value)


def test_who_knows_demographics_alone_is_a_step_where_some_columns_are_such() -> None:
    answers = survey(400).answers
    names = ("Gender", "age_group", "smokes")
    renamed = replace(answers, categorical=tuple(map(renamed_to, answers.categorical, names)))
    cases = realistic(replace(survey(400), answers=renamed), PROTECTED)
    words, case = list(cases.items())[-1]
    assert words == "demographics alone (Gender, age_group)"
    assert case.adversary.known_columns == ("Gender", "age_group")
    assert (case.adversary.known, case.adversary.answer_error) == (1.0, 0.0)


def renamed_to(question, name: str):
    return replace(question, name=name)


@pytest.mark.parametrize("column", ["sex", "RIDRETH3", "EducationLevelAdults20", "age", "Q7_gender"])
def test_demographics_are_known_by_their_names(column: str) -> None:
    assert DEMOGRAPHIC.search(column)


@pytest.mark.parametrize("column", ["message", "smokes", "essex", "average", "thickness"])
def test_other_columns_are_not_taken_for_demographics(column: str) -> None:
    assert not DEMOGRAPHIC.search(column)
