"""Which columns hold ages, and in which unit, by name and by what is declared."""

from __future__ import annotations

import pytest

from remembrain.cohort.ages import A_YEAR, age_unit, is_age, says_years, unit_of


@pytest.mark.parametrize("name", ["AGE", "age_at_scan", "AgeYears", "Alter", "subject age", "ageatmri", "Age (months)"])
def test_usual_spellings_of_ages(name: str) -> None:
    assert is_age(name)


@pytest.mark.parametrize("name", ["age_group", "brain_age_gap", "AgeDiff", "dosage", "language", "age_z", "", "iq"])
def test_what_only_looks_like_an_age(name: str) -> None:
    assert not is_age(name)


def test_a_name_that_says_no_more_than_that_it_is_an_age() -> None:
    assert all(map(says_years, ("age", "Alter", "Age (months)", "age in years", "ageyears")))
    assert not any(map(says_years, ("age_at_scan", "age2", "age m", "iq")))


@pytest.mark.parametrize(
    ("text", "unit"),
    [("Years", "years"), ("age in months", "months"), ("[mo]", "months"), ("Wochen", "weeks"), ("jours", "days")],
)
def test_a_unit_is_found_in_what_is_said(text: str, unit: str) -> None:
    assert unit_of(text) == unit


@pytest.mark.parametrize("text", ["", "lustra", "years or months", "a group"])
def test_no_unit_is_guessed(text: str) -> None:
    assert unit_of(text) is None


def test_what_is_declared_and_the_name_have_to_agree() -> None:
    assert age_unit("age", "", "x.json") == (None, "")
    assert age_unit("age_months", "n/a", "x.json") == ("months", "")
    assert age_unit("age", "months", "x.json") == ("months", "")
    assert age_unit("age_months", "years", "x.json") == (
        None,
        "x.json says that age_months is in years, and its name says months",
    )
    unit, why = age_unit("age", "lustra", "x.json")
    assert unit is None
    assert "'lustra'; expected years, months, weeks or days" in why


def test_units_are_of_one_year() -> None:
    assert A_YEAR["weeks"] * 7 == pytest.approx(A_YEAR["days"]) == 365.25
    assert (A_YEAR["years"], A_YEAR["months"]) == (1, 12)
