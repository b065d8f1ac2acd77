"""Facts of scans out of the tables of a BIDS folder: of that session, or with a word, or a problem with a name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_cohorts import raw
from made_folders import THREE, TWO_AGES, ages, fatal, notes, read, visits

from remembrain.cohort.facts import Columns
from remembrain.errors import DataError


@pytest.mark.parametrize("said", [{"Units": "months"}, {"Description": "Age in months at the time of the scan"}])
def test_ages_in_months_are_converted(tmp_path: Path, said: dict[str, str]) -> None:
    dictionary = json.dumps({"age": said})
    cohort = read(tmp_path, raw("sub-01", "sub-02"), TWO_AGES.replace("50", "72"), participants=dictionary)
    assert ages(cohort) == {"sub-01": 6, "sub-02": 5}
    assert "age is in months, as participants.json says, and is converted to years" in notes(cohort)


def test_units_that_are_not_understood_stop_and_the_user_may_say_them(tmp_path: Path) -> None:
    dictionary = json.dumps({"age": {"Units": "lustra"}})
    cohort = read(tmp_path, raw("sub-01"), TWO_AGES, participants=dictionary)
    assert "participants.json says that age is in 'lustra'" in fatal(cohort)[0]
    said = read(tmp_path, raw("sub-01"), TWO_AGES, Columns(label_units="months"), participants=dictionary)
    assert fatal(said) == []
    assert ages(said)["sub-01"] == pytest.approx(50 / 12)


@pytest.mark.parametrize(("column", "site"), [("Sex", "Center"), ("gender", "SITE_ID"), ("PTGENDER", "scanner")])
def test_sex_as_numbers_in_any_usual_column_is_two_groups(tmp_path: Path, column: str, site: str) -> None:
    text = f"participant_id\tage\t{column}\t{site}\nsub-01\t50\t1\tA\nsub-02\t60\t2\tB\n"
    cohort = read(tmp_path, raw("sub-01", "sub-02"), text)
    assert cohort.scans.sex.tolist() == ["1", "2"]
    assert cohort.scans.site.tolist() == ["A", "B"]
    assert f"the column {column} is taken for the sex" in notes(cohort)
    assert f"the column {site} is taken for the site" in notes(cohort)
    assert "sex has the levels 1, 2" in notes(cohort)


def test_codes_of_sex_are_explained_by_the_dictionary(tmp_path: Path) -> None:
    dictionary = json.dumps({"sex": {"Levels": {"1": "male", "2": "female"}}})
    text = "participant_id\tage\tsex\nsub-01\t50\t1\nsub-02\t60\t2\nsub-03\t60\tn/a\n"
    cohort = read(tmp_path, raw("sub-01", "sub-02", "sub-03"), text, participants=dictionary)
    assert cohort.scans.sex.tolist() == ["M", "F", "n/a"]
    assert "sex is n/a for 1 of 3 scans" in notes(cohort)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (Columns(sex="gendr"), "has no column 'gendr'; expected one of its columns: gender"),
        (Columns(site="sit"), "has no column 'sit'; expected one of its columns: site"),
        (Columns(session="session"), "has no column 'session'; expected one of its columns: session_id"),
        (Columns(person="participant"), "has no column 'participant'; expected one of its columns: participant_id"),
        (Columns(label="aeg"), "has no column 'aeg'; expected one of its columns: age"),
    ],
)
def test_columns_that_the_user_names_have_to_be_there(tmp_path: Path, columns: Columns, said: str) -> None:
    text = "participant_id\tsession_id\tage\tgender\tsite\nsub-01\tses-1\t50\tF\tA\n"
    with pytest.raises(DataError, match=said):
        read(tmp_path, visits("sub-01 1"), text, columns)


def test_a_column_that_the_user_names_is_taken(tmp_path: Path) -> None:
    text = "participant_id\tage\tsex\tscanner\tsite\nsub-01\t50\tF\tx\tA\n"
    cohort = read(tmp_path, raw("sub-01"), text, Columns(sex="scanner", site="scanner"))
    assert (cohort.scans.sex.tolist(), cohort.scans.site.tolist()) == (["x"], ["x"])
    assert "taken for" not in notes(cohort)


def test_a_column_that_only_a_table_of_sessions_has_may_be_named(tmp_path: Path) -> None:
    table = "session_id\tage\tcoil\nses-01\t50\t32ch\nses-02\t55\t8ch\n"
    cohort = read(tmp_path, THREE[:2], TWO_AGES, Columns(site="coil"), sub_01__sub_01_sessions=table)
    assert cohort.scans.site.tolist() == ["32ch", "8ch"]


def test_names_that_lost_their_zeros_are_found_and_told(tmp_path: Path) -> None:
    cohort = read(tmp_path, raw("sub-01", "sub-02"), "participant_id;Age\n1;26,9\n2;27\n")
    assert ages(cohort) == {"sub-01": 26.9, "sub-02": 27}
    assert "2 names differ from the data's only by leading zeros or case" in notes(cohort)
    assert "the column Age is taken for the age" in notes(cohort)


def test_people_whose_names_differ_by_case_or_zeros_stop_by_name(tmp_path: Path) -> None:
    people = raw("sub-A", "sub-a", "sub-1", "sub-01", "sub-9")
    text = "participant_id\tage\n" + "".join(f"{name}\t50\n" for name in ("sub-A", "sub-a", "sub-1", "sub-01", "sub-9"))
    cohort = read(tmp_path, people, text)
    stopped = [problem.participant for problem in cohort.problems if problem.fatal]
    assert sorted(stopped) == ["sub-01", "sub-1", "sub-A", "sub-a"]


def test_a_wave_of_recruitment_is_no_session(tmp_path: Path) -> None:
    text = "participant_id\tage\twave\nsub-01\t50\t2\nsub-02\t60\t3\n"
    cohort = read(tmp_path, visits("sub-01 1", "sub-02 1"), text)
    assert ages(cohort) == {"sub-01 ses-1": 50, "sub-02 ses-1": 60}
    assert fatal(cohort) == []


def test_problems_of_people_never_name_them_in_short(tmp_path: Path) -> None:
    cohort = read(tmp_path, [*THREE, *raw("sub-03")], "participant_id\tage\nsub-01\told\nsub-02\t-1\nsub-04\t3\n")
    assert {problem.participant for problem in cohort.problems if problem.fatal} == {"sub-01", "sub-02", "sub-03"}
    assert not any("sub-" in (problem.summary or problem.what) for problem in cohort.problems)
