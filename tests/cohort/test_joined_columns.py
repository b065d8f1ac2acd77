"""What two files that are joined say of one thing: the same once, different things never without a word."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from made_joins import AGE, IDS, N, fatal, hemisphere, joined, notes, people

from remembrain.cohort.facts import Columns
from remembrain.cohort.joined_columns import differing, same
from remembrain.errors import DataError


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("1500000.5", "1500000.500000", True),
        ("12", "12.0", True),
        ("2,5", "2.5", True),
        ("a", "a ", True),
        ("n/a", "3", True),
        ("2.5", "2.6", False),
        ("M", "F", False),
        ("1500000", "1501000", False),
    ],
)
def test_cells_are_the_same_by_what_they_say(one: str, other: str, is_same: bool) -> None:
    assert same(one, other) is same(other, one) is is_same


def test_rows_disagree_in_what_is_used_alone() -> None:
    rows = pd.DataFrame({"age": ["50", "50.0"], "sex": ["M", "n/a"], "note": ["x", "y"]})
    assert differing(rows, Columns(), ()) == ""
    assert differing(rows, None, {"age"}) == "note (x and y)"
    assert differing(rows.assign(age=["50", "51"]), Columns(), ()) == "age (50 and 51)"


def test_an_age_that_differs_between_files_is_one_problem_a_person(tmp_path: Path) -> None:
    mine = hemisphere("lh").assign(Age=[*AGE[:5], 99.5, *AGE[6:]])
    cohort = joined(tmp_path, mine, people())
    (problem,) = [one for one in cohort.problems if one.fatal]
    assert problem.participant == IDS[5]
    assert str(problem).endswith("and Age of first.tsv is 99.5: mend one, or say --drop Age")
    assert cohort.scans.age.tolist() == AGE.tolist()
    assert "Age" not in cohort.features


@pytest.mark.parametrize("name", ["Age", "age"])
def test_a_dropped_age_of_features_is_not_compared(tmp_path: Path, name: str) -> None:
    cohort = joined(tmp_path, hemisphere("lh").assign(**{name: 50.5}), people(), drop=(name,))
    assert fatal(cohort) == []
    assert cohort.scans.age.tolist() == AGE.tolist()
    assert not {"Age", "age"} & {*cohort.features.columns}


def test_an_age_in_other_units_is_the_same_age(tmp_path: Path) -> None:
    months = (AGE * 12).round(6)
    cohort = joined(tmp_path, hemisphere("lh").assign(age_months=months), people())
    assert fatal(cohort) == []
    assert "age_months" not in cohort.features


def test_a_sex_that_differs_is_named_and_other_codes_are_none(tmp_path: Path) -> None:
    sexes = people()["sex"].tolist()
    words = {"M": "male", "F": "female"}
    assert fatal(joined(tmp_path, hemisphere("lh").assign(Gender=[words[sex] for sex in sexes]), people())) == []
    coded = hemisphere("lh").assign(Gender=["1" if sex == "M" else "2" for sex in sexes])
    assert fatal(joined(tmp_path, coded, people())) == []
    wrong = hemisphere("lh").assign(sex=[words[sex] for sex in ["F", *sexes[1:]]])
    (text,) = fatal(joined(tmp_path, wrong, people()))
    assert "sex is M, and sex of first.tsv is female" in text


def test_facts_may_stand_in_the_measures_where_people_have_none(tmp_path: Path) -> None:
    mine = hemisphere("lh").assign(age=AGE)
    cohort = joined(tmp_path, mine, people().drop(columns="age"))
    assert cohort.scans.age.tolist() == AGE.tolist()
    assert cohort.scans.sex.tolist() == people()["sex"].tolist()


def test_no_age_anywhere_is_said_of_the_table_of_people(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"participants\.tsv: has no column 'age'"):
        joined(tmp_path, hemisphere("lh"), people().drop(columns="age"))


def test_measures_of_one_name_that_differ_are_one_message(tmp_path: Path) -> None:
    other = hemisphere("rh").assign(eTIV=1.0, lh_r0_thickness=2.0)
    (text,) = fatal(joined(tmp_path, hemisphere("lh"), people(), other))
    assert "more0.tsv: 2 columns (eTIV, lh_r0_thickness) of first.tsv also here, with other cells (line " in text
    cohort = joined(tmp_path, hemisphere("lh"), people(), other, drop=("eTIV", "lh_r0_thickness"))
    assert fatal(cohort) == []
    assert not {"eTIV", "lh_r0_thickness"} & {*cohort.features.columns}


def test_what_one_file_leaves_empty_another_may_say(tmp_path: Path) -> None:
    mine = hemisphere("lh").astype({"eTIV": object})
    mine.loc[3, "eTIV"] = "n/a"
    cohort = joined(tmp_path, mine, people(), hemisphere("rh"))
    assert cohort.features["eTIV"].tolist() == hemisphere("rh")["eTIV"].tolist()


def test_columns_that_name_people_otherwise_are_no_measures(tmp_path: Path) -> None:
    table = people(subject_id=[f"R{N - place}" for place in range(N)])
    cohort = joined(tmp_path, hemisphere("lh"), table)
    assert cohort.scans.participant_id.tolist() == IDS
    assert fatal(cohort) == []
    assert "subject_id" in notes(cohort)
