"""Columns of facts in their usual spellings, and levels that are levels all the same."""

from __future__ import annotations

import pandas as pd
import pytest

from remembrain.cohort.facts import fact_column, label_column, read_sex, read_sites
from remembrain.errors import DataError


def frame(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        *(("sex", name) for name in ("sex", "Sex", "SEX", "Gender", "sex_at_birth", "PTGENDER", "Geschlecht", "M/F")),
        *(("sex", name) for name in ("SEX_ID (1=m, 2=f)", "Gender [M/F]", "31-0.0", "f.31.0.0")),
        *(
            ("site", name)
            for name in ("site", "SITE_ID", "Center", "centre", "Scanner", "acquisition site", "site_id_l")
        ),
        *(
            ("person", name)
            for name in ("participant_id", "Subject", "subject-id", "ID", "RID", "Measure:volume", "record_id")
        ),
        *(("person", name) for name in ("rh.aparc.a2009s.area", "lh.aparc.DKTatlas.pial.thickness")),
        *(("session", name) for name in ("session_id", "Session", "VISCODE", "timepoint", "eventname")),
    ],
)
def test_usual_spellings_are_found_and_told(fact: str, name: str) -> None:
    column = fact_column(frame(**{"other": ["1"], name: ["a"]}), fact, None, where="t.tsv")  # type: ignore[arg-type]
    assert column.name == name
    usual = {"sex": "sex", "site": "site", "person": "participant_id", "session": "session_id"}[fact]
    said = [problem.what for problem in column.problems]
    assert said == ([] if name == usual else [f"the column {name} is taken for the {fact}"])


def test_a_column_that_is_no_fact_is_not_taken() -> None:
    column = fact_column(frame(sexual_health=["1"], sextant=["2"]), "sex", None, where="t")
    assert column.name == ""
    assert [problem.what for problem in column.problems] == [
        "has no column of the sex (--sex-column names one), so differences in sex are not seen"
    ]


def test_a_named_column_that_is_not_there_is_an_error_with_the_nearest() -> None:
    with pytest.raises(
        DataError, match=r"t\.tsv: has no column 'gendr'; expected one of its columns: Gender"
    ) as raised:
        fact_column(frame(Gender=["1"], age=["2"]), "sex", "gendr", where="t.tsv")
    assert raised.value.try_next == "--sex-column Gender"
    with pytest.raises(DataError, match=r"has no column 'zzz'; expected one of its columns: Gender, age"):
        fact_column(frame(Gender=["1"], age=["2"]), "site", "zzz", where="t.tsv")
    with pytest.raises(
        DataError, match=r"has no column 'zzz'; expected one of its columns: age, Gender\n  try: --sex-column Gender"
    ):
        fact_column(frame(age=["2"], Gender=["1"]), "sex", "zzz", where="t.tsv")


def test_several_columns_that_contradict_are_said_or_asked_about() -> None:
    few = frame(sex=["M", "F"] * 20, gender=["M", "F"] * 19 + ["M", "M"])
    column = fact_column(few, "sex", None, where="t")
    assert [(problem.fatal, "1 rows" in problem.what) for problem in column.problems] == [(False, True)]
    many = frame(sex=["M", "F", "M", "F"], gender=["1", "2", "2", "1"])
    (problem,) = fact_column(many, "sex", None, where="t").problems
    assert problem.fatal
    assert "--sex-column" in problem.what
    same = frame(sex=["M", "F", "M", "F"], gender=["1", "2", "1", "2"])
    assert fact_column(same, "sex", None, where="t").problems == ()
    empty = frame(sex=["n/a", "", "n/a", "n/a"], gender=["1", "2", "1", "2"])
    assert fact_column(empty, "sex", None, where="t").name == "gender"
    ids = frame(ID=["1", "2", "3"], RID=["7", "7", "8"])
    assert [p.fatal for p in fact_column(ids, "person", None, where="t").problems] == [False, True]


def test_the_default_label_is_found_in_another_case_and_no_other_label_is() -> None:
    column = label_column(frame(AGE=["1"]), "age", where="t")
    assert (column.name, len(column.problems)) == ("AGE", 1)
    with pytest.raises(DataError, match=r"has no column 'age'; .*\n  try: --label Months_of_Age"):
        label_column(frame(sex=["1"], Months_of_Age=["1"]), "age", where="t")
    with pytest.raises(DataError, match=r"has no column 'Score'; expected one of its columns: score"):
        label_column(frame(score=["1"]), "Score", where="t")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["M", "male", "f", "Woman", "n/a", "."], ("M", "M", "F", "F", "n/a", "n/a")),
        (["1", "2", "1.0", "2"], ("1", "2", "1", "2")),
        (["0", "1"], ("0", "1")),
        (["M", "F", "X"], ("M", "F", "X")),
        (["männlich", "weiblich"], ("M", "F")),
        (["m", "w"], ("M", "F")),
        (["H", "M"], ("H", "M")),
        (["XY", "XX"], ("XY", "XX")),
    ],
)
def test_levels_of_sex_are_understood_or_used_as_they_are(cells: list[str], values: tuple[str, ...]) -> None:
    read = read_sex(cells, where="t")
    assert read.values == values
    unknown = sorted(set(values) - {"M", "F", "n/a"})
    assert [problem.what for problem in read.problems] == (
        [f"sex has the levels {', '.join(unknown)}, which are used as groups as they are: what they mean is not known"]
        if unknown
        else []
    )


@pytest.mark.parametrize("levels", [{"1": "male", "2": "female"}, {"1.0": "Male participant", "2": "Female"}])
def test_a_dictionary_explains_codes_and_that_is_told(levels: dict[str, str]) -> None:
    read = read_sex(["1", "2", "M"], where="t", levels=levels)
    assert read.values == ("M", "F", "M")
    assert [problem.what for problem in read.problems] == [
        "sex: 1 is M, 2 is F, as the dictionary beside the table says"
    ]


def test_spellings_of_a_site_are_one_site() -> None:
    read = read_sites(["Oslo", "OSLO ", "Oslo", "Berne", "n/a", "1", "1.0"], where="t")
    assert read.values == ("Oslo", "Oslo", "Oslo", "Berne", "n/a", "1", "1")
    assert len(read.problems) == 1


@pytest.mark.parametrize("name", ["Alter", "Age (months)", "age_years", "Age_in_Yrs", "AgeInWeeks"])
def test_the_default_label_is_found_where_a_name_says_nothing_but_age_and_its_unit(name: str) -> None:
    column = label_column(frame(id=["1"], **{name: ["2"]}, age2=["4"], maternal_age=["5"]), "age", where="t.tsv")
    assert column.name == name
    assert [problem.what for problem in column.problems] == [f"the column {name} is taken for the age"]


@pytest.mark.parametrize(
    "names", [("scan_age",), ("age_at_onset",), ("age_years", "age_months"), ("age_m",), ("age2",)]
)
def test_ages_of_something_else_or_in_doubt_are_asked_for(names: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match="has no column 'age'"):
        label_column(frame(id=["1"], **{name: ["2"] for name in names}), "age", where="t.tsv")


def test_a_name_that_a_shell_would_split_is_quoted() -> None:
    with pytest.raises(DataError) as error:
        label_column(frame(**{"id": ["1"], "Age at scan": ["2"]}), "age", where="t.tsv")
    assert error.value.try_next == "--label 'Age at scan'"


def test_codes_that_a_heading_explains_are_read_so() -> None:
    read = read_sex(["1", "2"], where="t.tsv", heading="Sex (1=male; 2=female)")
    assert read.values == ("M", "F")
    assert [problem.what for problem in read.problems] == ["sex: 1 is M, 2 is F, as the column's name says"]


def test_the_socioeconomic_status_is_no_session() -> None:
    visits = frame(Visit=["1", "2"], SES=["3", "3"])
    assert fact_column(visits, "session", None, where="t.tsv").name == "Visit"
    assert fact_column(frame(SES=["3", "", "2.0"]), "session", None, where="t.tsv").name == ""
    assert fact_column(frame(ses=["1", "2"]), "session", None, where="t.tsv").name == "ses"
    assert fact_column(frame(SES=["ses-1", "ses-2"]), "session", None, where="t.tsv").name == "SES"


@pytest.mark.parametrize(
    ("fact", "name"),
    [*(("sex", name) for name in ("dem_gender", "SEX_x", "sex_male", "Sex.bl")),
     *(("site", name) for name in ("site.x", "MRI_scanner", "abcd_site", "ImagingCenter"))],
)  # fmt: skip
def test_a_name_that_speaks_of_a_fact_is_taken_where_no_usual_one_is_there(fact: str, name: str) -> None:
    column = fact_column(frame(**{"id": ["1", "2"], name: ["a", "b"]}), fact, None, where="t.tsv")  # type: ignore[arg-type]
    assert column.name == name
    assert "is taken for the" in column.problems[0].what
    many = frame(**{name: [f"{number}" for number in range(50)]})
    assert fact_column(many, fact, None, where="t.tsv").name == "", "a measure of everybody"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fact", "name", "cells"),
    [
        ("site", "EatMealsAtCommunityseniorCenter", ["1", "2"] * 10),
        ("site", "senior_center", ["yes", "no"] * 10),
        ("sex", "sex_last_year", ["Yes", "No"] * 10),
        ("sex", "sex_partner", ["1", "2", *["n/a"] * 18]),
    ],
)
def test_a_question_is_no_fact(fact: str, name: str, cells: list[str]) -> None:
    column = fact_column(frame(**{name: cells}), fact, None, where="t")  # type: ignore[arg-type]
    assert column.name == ""


def test_whether_somebody_is_male_is_the_sex() -> None:
    assert fact_column(frame(sex_male=["yes", "no"] * 10), "sex", None, where="t").name == "sex_male"


def test_codes_of_sex_are_read_however_a_program_writes_them() -> None:
    assert read_sex(["1.", "2,0", "1.00"], where="t.tsv").values == ("1", "2", "1")
    assert read_sex(["1 - male", "Female (2)"], where="t.tsv").values == ("M", "F")


def test_a_column_of_another_fact_is_not_proposed() -> None:
    frame = pd.DataFrame({"participant_id": ["a"], "age": ["1"], "sex": ["F"], "site": ["A"], "thick": ["2"]})
    with pytest.raises(DataError) as caught:
        fact_column(frame, "session", "visit", where="t.tsv")
    assert caught.value.try_next is None
    assert caught.value.expected == "one of its columns: participant_id, age, sex, site, thick"
    with pytest.raises(DataError, match="--session-column wave"):
        fact_column(frame.assign(wave="1"), "session", "visit", where="t.tsv")
    with pytest.raises(DataError, match="--site-column site"):
        fact_column(frame, "site", "sitte", where="t.tsv")


def test_predictions_are_never_offered_for_the_label() -> None:
    frame = pd.DataFrame({"participant_id": ["a"], "predicted_age": [60.0], "scan_age": [61.0]})
    with pytest.raises(DataError) as error:
        label_column(frame, "age", where="p.csv")
    assert error.value.try_next == "--label scan_age"
    with pytest.raises(DataError) as error:
        label_column(frame.drop(columns="scan_age"), "age", where="p.csv")
    assert error.value.try_next is None
