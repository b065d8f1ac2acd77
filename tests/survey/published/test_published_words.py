"""Words of published tables: each is what it is as a whole, and nothing is a mark that may be a number."""

from __future__ import annotations

import pytest

from remembrain.survey.published.words import (
    form,
    is_no_answer,
    is_total,
    measure_beside,
    measure_of,
    measures_in,
    status_of,
    without_flag,
)


@pytest.mark.parametrize(
    "mark", ["", "c", "..", "...", ".", "-", ":", "<5", "< 5", "≤ 3", "x", "[c]", "[low]", "1-4", "n/a", "—", "(D)"]
)
def test_marks_stand_in_place_of_a_number(mark: str) -> None:
    assert status_of(mark) is not None


@pytest.mark.parametrize("text", ["5", "-5", "12.3", "about 5", "5O", "inf", "1,234", "0", "cc", "12 %"])
def test_numbers_and_words_are_no_marks(text: str) -> None:
    assert status_of(text) is None


@pytest.mark.parametrize(
    ("heading", "measure"),
    [("N", "count"), ("n (unweighted)", "count"), ("% ", "percent"), ("Per cent", "percent"), ("Share", "share"),
     ("OBS_VALUE", "value"), ("Mean", "mean"), ("95% CI", None), ("SE", None), ("no", None), ("of", "of")],
)  # fmt: skip
def test_a_heading_says_what_is_measured(heading: str, measure: str | None) -> None:
    assert measure_of(heading) == measure


@pytest.mark.parametrize(
    ("heading", "both"),
    [("male (%)", ("percent", "male")), ("n women", ("count", "women")), ("Mean of income", ("mean", "income")),
     ("income, mean", ("mean", "income")), ("women", None), ("%", None)],
)  # fmt: skip
def test_a_heading_may_say_a_level_too(heading: str, both: tuple[str, str] | None) -> None:
    assert measure_beside(heading) == both


def test_a_title_says_what_is_measured_by_words_of_more_than_a_letter() -> None:
    assert measures_in("Table n: percent of adults") == {"percent"}
    assert measures_in("Number and percentage of people") == {"count", "percent"}


def test_totals_and_no_answers_are_known_in_any_letters() -> None:
    assert is_total("ALL PERSONS")
    assert is_total("_T")
    assert not is_total("totally")
    assert is_no_answer("Don't know")
    assert form("  Höhe_in %") == "höhe in %"


@pytest.mark.parametrize(
    ("text", "bare"), [("12*", "12"), ("12 [u]", "12"), ("12.3 b", "12.3"), ("3¹", "3"), ("12 k", "12 k"), ("12", "12")]
)
def test_marks_of_footnotes_and_quality_are_taken_off(text: str, bare: str) -> None:
    assert without_flag(text) == bare
