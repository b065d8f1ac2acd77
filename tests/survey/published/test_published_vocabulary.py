"""Questions and levels under the names that tables have for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_survey import number, question
from remembrain.survey.columns import understand
from remembrain.survey.published.cells import NO_ANSWER, TOTAL, Column
from remembrain.survey.published.vocabulary import STRANGE, Vocabulary, places_in

SMOKES = understand("smokes", [], {"levels": {"1": "Yes", "2": "No"}, "missing": ["9"]}, Path("d.toml"))
DRINKS = understand("drinks daily", [], {"levels": {"1": "Yes", "2": "No"}}, Path("d.toml"))
WORDS = Vocabulary((SMOKES, DRINKS, question("q1", 3), number("age"), number("age group")))


@pytest.mark.parametrize(
    ("text", "name"),
    [("smokes", "smokes"), ("SMOKES", "smokes"), ("Drinks_daily", "drinks daily"), ("Q01: smokes", "smokes"),
     ("smokes: Smoking", "smokes"), ("smoke", None), ("", None)],
)  # fmt: skip
def test_a_question_is_known_in_any_letters_and_beside_a_code(text: str, name: str | None) -> None:
    found = WORDS.question(text)
    assert (found.name if found else None) == name


def test_names_that_differ_in_letters_alone_are_told_by_these() -> None:
    words = Vocabulary((question("Sex", 2), question("sex", 2)))
    assert [words.question(text).name for text in ("Sex", "sex")] == ["Sex", "sex"]
    assert words.question("SEX") is None


def test_a_title_names_questions_and_the_longer_name_counts() -> None:
    assert [one.name for one in WORDS.named("Mean of age group by smokes")] == ["smokes", "age group"]


def test_levels_say_of_which_questions_they_can_be() -> None:
    assert [one.name for one in WORDS.knowing(["Yes", "No", "Total"])] == ["smokes", "drinks daily"]
    assert [one.name for one in WORDS.knowing(["q1:0"])] == ["q1"]
    assert WORDS.knowing(["Total"]) == []


def test_levels_are_titles_or_codes_or_both() -> None:
    for texts in (["Yes", "No"], ["1", "2"], ["1.0", "2"], ["1: Yes", "2 = no"], ["yes", "NO"], ["Yes*", "No [a]"]):
        assert places_in(SMOKES, Column.of(texts)).tolist() == [0, 1], texts
    texts = ["Total", "Missing", "9", "maybe", "1: No", ""]
    expected = [TOTAL, NO_ANSWER, NO_ANSWER, STRANGE, STRANGE, STRANGE]
    assert places_in(SMOKES, Column.of(texts)).tolist() == expected


def test_a_level_called_total_is_a_level() -> None:
    asked = understand("ban", [], {"levels": {"a": "total", "b": "partial"}}, Path("d.toml"))
    assert places_in(asked, Column.of(["total", "partial"])).tolist() == [0, 1]


def test_codes_that_are_titles_of_other_levels_cannot_be_told() -> None:
    asked = understand("rank", [], {"levels": {"1": "2", "2": "1"}}, Path("d.toml"))
    assert places_in(asked, Column.of(["1", "2"])).tolist() == [STRANGE, STRANGE]


def test_a_sex_is_known_in_other_words() -> None:
    sex = understand("sex", [], {"levels": {"F": "F", "M": "M"}}, Path("d.toml"))
    assert places_in(sex, Column.of(["Female", "men", "Femme", "F"])).tolist() == [0, 1, 0, 0]
    other = understand("size", [], {"levels": {"F": "F", "G": "G", "H": "H"}}, Path("d.toml"))
    assert places_in(other, Column.of(["Female"])).tolist() == [STRANGE]
