"""Bands that are made of a column: in the answers, in files of other people, and in published tables."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.errors import DataError, ProblemsError
from remembrain.survey.answers_file import read_answers
from remembrain.survey.columns import declared
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.published.cells import Column
from remembrain.survey.published.reading import read_published
from remembrain.survey.published.vocabulary import STRANGE, places_in
from remembrain.survey.template import questions_of

AGE = [18, 29, 30, 44, 45, 64, 65, 90, 99, 33, 52, 71, 19, 39, 58, 80, 27, 41, 60, 77, 22, 48]
BANDS = {"age band": {"of": "age", "bands": [30, 45, 65]}, "age": {"missing": ["99"], "kind": "numeric"}}


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    rows = [f"p{place},{age},{'fm'[place % 2]}" for place, age in enumerate(AGE)]
    path.write_text("\n".join(["participant_id,age,sex", *rows]) + "\n")
    return path


def test_people_are_in_bands_and_their_numbers_stay(people) -> None:
    answers, questions, _ = read_answers(people, declared(BANDS, people))
    band = next(question for question in questions if question.name == "age band")
    assert band.titles == ("under 30", "30 to under 45", "45 to under 65", "65 and over")
    assert "bands of age, 4 levels" in band.line()
    expected = [-1 if age == 99 else int(np.searchsorted([30, 45, 65], age, side="right")) for age in AGE]
    assert answers.code[:, answers.place("age band")].tolist() == expected
    assert np.nanmax(answers.numbers("age")) == 90


def test_other_people_are_cut_alike(people, tmp_path) -> None:
    answers, _, _ = read_answers(people, declared(BANDS, people))
    other = tmp_path / "others.csv"
    other.write_text("participant_id,age,sex\nq1,12,f\nq2,99,m\nq3,65,m\n")
    others, _, _ = read_answers(other, {}, like=answers)
    assert others.code[:, others.place("age band")].tolist() == [0, -1, 3]


def test_open_bands_of_nobody_are_no_levels_and_whoever_is_in_them_elsewhere_is_named(people, tmp_path) -> None:
    said = declared({"age band": {"of": "age", "bands": [18, 30, 45, 65]}, "age": BANDS["age"]}, people)
    answers, questions, _ = read_answers(people, said)
    band = next(question for question in questions if question.name == "age band")
    assert band.titles == ("18 to under 30", "30 to under 45", "45 to under 65", "65 and over")
    assert answers.code[:2, answers.place("age band")].tolist() == [0, 0]
    other = tmp_path / "others.csv"
    other.write_text("participant_id,age,sex\nq1,12,f\nq2,70,m\nq3,65,m\n")
    with pytest.raises(ProblemsError, match=r"q1.*'under 18' is a level that the other file does not have"):
        read_answers(other, {}, like=answers)


def test_a_column_may_be_cut_itself(people, tmp_path) -> None:
    said = declared({"age": {"bands": [45], "missing": ["99"]}}, people)
    answers, _, _ = read_answers(people, said)
    assert [question.name for question in answers.categorical] == ["age", "sex"]
    assert answers.numeric == ()
    other = tmp_path / "others.csv"
    other.write_text(
        "participant_id;age;sex\nq1;44,5;f\nq2;45,0;m\nq3;99;m\n" + "".join(f"r{n};{n},5;f\n" for n in range(20, 50))
    )
    others, _, _ = read_answers(other, {}, like=answers)
    assert others.code[:3, 0].tolist() == [0, 1, -1]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"age band": {"bands": [30]}}, "has no column 'age band'"),
        ({"age band": {"of": "years", "bands": [30]}}, "has no column 'years'"),
        ({"sex": {"of": "age", "bands": [30]}}, "has a column 'sex'.*another name for bands"),
        ({"sex": {"bands": [30]}}, "column 'sex', row 2: 'f' is not a number"),
    ],
)
def test_bands_of_nothing_are_refused(people, said, message) -> None:
    with pytest.raises(DataError, match=message):
        read_answers(people, declared(said, people))


@pytest.mark.parametrize("said", [{"of": "age"}, {"bands": [45, 30]}, {"bands": 30}, {"bands": [30], "of": ""}])
def test_what_cannot_be_bands_is_named(people, said) -> None:
    with pytest.raises(DataError, match="'age band'"):
        declared({"age band": said}, people)


def test_codes_among_what_is_cut_are_asked_about(people) -> None:
    _, questions, _ = read_answers(people, declared({"age": {"bands": [30, 45]}}, people))
    assert not next(question for question in questions if question.name == "age").doubt
    people.write_text(people.read_text().replace(",99,", ",99999,"))
    _, questions, _ = read_answers(people, declared({"age": {"bands": [30, 45]}}, people))
    assert "99999" in next(question for question in questions if question.name == "age").doubt


def test_published_tables_name_bands_in_their_own_way(people, tmp_path) -> None:
    answers, questions, _ = read_answers(people, declared(BANDS, people))
    layout = lay_out(Plan(margins=("age band",)), answers, "[release]")
    table = tmp_path / "table.csv"
    table.write_text("Age band,n\n18–29,5\n30–44,5\n45–64,6\n65+,5\n")
    found, _ = read_published(table, layout, questions)
    assert found.count.tolist() == [5, 5, 6, 5]
    band = next(question for question in questions if question.name == "age band")
    texts = ["Under 30 years", "Y30T44", "45 to 64", "65 to 90", "20-29", "65-80", "over 65"]
    assert places_in(band, Column.of(texts)).tolist() == [0, 1, 2, 3, STRANGE, STRANGE, STRANGE]


def test_levels_that_are_bands_are_known_by_any_name_of_theirs(people) -> None:
    said = {"g": {"levels": {"1": "18-29", "2": "30-44", "3": "45+"}}}
    (question,) = questions_of(declared(said, people), people)
    assert places_in(question, Column.of(["18 to 29 years", "30–44", "45 and over", "18-30"])).tolist() == [
        0,
        1,
        2,
        STRANGE,
    ]


def test_a_codebook_may_declare_them(people) -> None:
    band, _ = questions_of(declared(BANDS, people), people)
    assert (band.titles[0], band.of, band.cuts) == ("under 30", "age", (30, 45, 65))
