"""Facts of scans out of the tables of a BIDS folder: of that session, or with a word, or a problem with a name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_cohorts import bids_folder, raw

from remembrain.cohort.bids import BidsCohort, read_bids
from remembrain.cohort.facts import Columns
from remembrain.errors import DataError

TWO_AGES = "participant_id\tage\nsub-01\t50\nsub-02\t60\n"


def visits(*names: str) -> list[str]:
    return [f"{who}/ses-{one}/anat/{who}_ses-{one}_T1w.nii.gz" for who, one in (name.split() for name in names)]


THREE = visits("sub-01 01", "sub-01 02", "sub-02 01")


def read(folder: Path, files: list[str], people: str, columns: Columns | None = None, **tables: str) -> BidsCohort:
    """Tables by the name of their file, with ``__`` for a slash and ``_`` for a hyphen of ``sub-01`` and ``ses-01``."""
    root = bids_folder(folder / "bids", files, people)
    for name, text in tables.items():
        kind = ".json" if text.startswith("{") else ".tsv"
        path = root / (name.replace("__", "/").replace("sub_", "sub-").replace("ses_", "ses-") + kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_bids(root, columns)


def ages(cohort: BidsCohort) -> dict[str, float]:
    return dict(zip(cohort.scans.labels(), cohort.scans.age.tolist(), strict=True))


def fatal(cohort: BidsCohort) -> list[str]:
    return [str(problem) for problem in cohort.problems if problem.fatal]


def notes(cohort: BidsCohort) -> str:
    return "\n".join(str(problem) for problem in cohort.problems if not problem.fatal)


# Ages by session


def test_a_session_may_be_spelled_without_ses_and_zeros(tmp_path: Path) -> None:
    cohort = read(tmp_path, THREE, TWO_AGES, sub_01__sub_01_sessions="session_id\tage\n1\t50\n2\t55\n")
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-01 ses-02": 55, "sub-02 ses-01": 60}
    assert fatal(cohort) == []
    assert "2 sessions are spelled otherwise" in notes(cohort)


def test_a_session_that_may_be_two_is_neither(tmp_path: Path) -> None:
    files = visits("sub-01 1", "sub-01 01")
    cohort = read(tmp_path, files, TWO_AGES, sub_01__sub_01_sessions="session_id\tage\n1\t50\n001\t55\n")
    assert ages(cohort) == {"sub-01 ses-1": 50}
    assert "the table has no row for ses-01" in fatal(cohort)[0]


def test_one_table_of_sessions_may_stand_at_the_root(tmp_path: Path) -> None:
    table = "participant_id\tsession_id\tage\tsite\n1\t1\t50\tA\n1\t2\t55\tB\n2\t1\t60\tB\n"
    cohort = read(tmp_path, THREE, "participant_id\tsex\nsub-01\tM\nsub-02\tF\n", sessions=table)
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-01 ses-02": 55, "sub-02 ses-01": 60}
    assert cohort.scans.site.tolist() == ["A", "B", "B"]
    assert cohort.scans.sex.tolist() == ["M", "M", "F"]
    assert fatal(cohort) == []


def test_rows_a_session_may_stand_in_participants(tmp_path: Path) -> None:
    rows = "sub-01\tses-01\t50\tF\nsub-01\tses-02\t55\tn/a\nsub-02\tses-01\t60\tM\n"
    cohort = read(tmp_path, THREE, f"participant_id\tsession_id\tage\tsex\n{rows}")
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-01 ses-02": 55, "sub-02 ses-01": 60}
    assert cohort.scans.sex.tolist() == ["F", "F", "M"]
    assert fatal(cohort) == []


def test_sessions_may_stand_behind_the_names_of_participants(tmp_path: Path) -> None:
    cohort = read(tmp_path, THREE, "participant_id\tage\nsub-01_ses-01\t50\nsub-01_ses-02\t55\nsub-02_ses-01\t60\n")
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-01 ses-02": 55, "sub-02 ses-01": 60}
    assert "are read as 2 people" in notes(cohort)


def test_two_rows_of_one_session_stop(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="names sub-01 more than once"):
        read(tmp_path, THREE, "participant_id\tsession_id\tage\nsub-01\tses-01\t50\nsub-01\tses-01\t51\n")


def test_ages_of_waves_may_stand_in_columns(tmp_path: Path) -> None:
    cohort = read(tmp_path, THREE, "participant_id\tage_ses-1\tage_wave2\nsub-01\t50\t55\nsub-02\t60\tn/a\n")
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-01 ses-02": 55, "sub-02 ses-01": 60}
    assert "age is read by session: age_ses-1 of ses-01, age_wave2 of ses-02" in notes(cohort)


def test_ages_of_waves_that_name_no_session_stop(tmp_path: Path) -> None:
    cohort = read(tmp_path, THREE, "participant_id\tage_bl\tage_fu\nsub-01\t50\t55\nsub-02\t60\t66\n")
    assert ages(cohort) == {}
    assert fatal(cohort) == [
        "participants.tsv: has the columns age_bl, age_fu, and which of them belongs to ses-01, ses-02 is not told: "
        "name them age_SESSION, or say --label COLUMN"
    ]


def test_a_session_without_a_row_stops_for_that_scan(tmp_path: Path) -> None:
    table = "participant_id\tsession_id\tage\nsub-01\tses-01\t50\nsub-02\tses-01\t60\n"
    cohort = read(tmp_path, THREE, TWO_AGES, sessions=table)
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-02 ses-01": 60}
    assert fatal(cohort) == ["sessions.tsv: sub-01 ses-02: the table has no row for ses-02, only ses-01"]
    (problem,) = [problem for problem in cohort.problems if problem.fatal]
    assert (problem.participant, problem.session) == ("sub-01", "ses-02")


@pytest.mark.parametrize("files", [THREE, visits("sub-01 02", "sub-02 01")])
def test_a_follow_up_without_an_age_is_not_given_that_of_the_baseline(tmp_path: Path, files: list[str]) -> None:
    table = "session_id\tage\nses-01\t50\nses-02\tn/a\n"
    cohort = read(tmp_path, files, TWO_AGES, sub_01__sub_01_sessions=table)
    assert "sub-01 ses-02" not in ages(cohort)
    assert fatal(cohort) == ["sub-01_sessions.tsv: sub-01 ses-02: age is missing"]


def test_one_age_for_several_sessions_is_told(tmp_path: Path) -> None:
    cohort = read(tmp_path, THREE, TWO_AGES)
    assert ages(cohort) == {"sub-01 ses-01": 50, "sub-01 ses-02": 50, "sub-02 ses-01": 60}
    assert "1 people have scans of several sessions, or of a later one, and one age" in notes(cohort)


def scan_times(first: str, second: str) -> dict[str, str]:
    return {
        f"sub_01__ses_{session}__sub_01_ses_{session}_scans": f"filename\tacq_time\nanat/x.nii.gz\t{time}\n"
        for session, time in (("01", first), ("02", second))
    }


@pytest.mark.parametrize(
    "tables",
    [
        scan_times("2001-01-01T10:00:00", "2004-01-01T10:00:00"),
        {"sub_01__sub_01_sessions": "session_id\tacq_time\nses-01\t2001-01-01\nses-02\t2004-01-01\n"},
        {"sub_01__sub_01_sessions": "session_id\tdays_since_baseline\nses-01\t0\nses-02\t1095\n"},
        {"sub_01__sub_01_sessions": "session_id\tage\tacq_time\n1\t50\t2001-01-01\n2\t50\t2004-01-01\n"},
    ],
)
def test_one_age_for_scans_that_lie_years_apart_stops_for_that_person(tmp_path: Path, tables: dict[str, str]) -> None:
    cohort = read(tmp_path, THREE, TWO_AGES, **tables)
    assert ages(cohort) == {"sub-02 ses-01": 60}
    assert fatal(cohort) == ["sub-01: ses-01 and ses-02 lie 3.0 years apart, and have one age"]
    (problem,) = [problem for problem in cohort.problems if problem.fatal]
    assert (problem.participant, problem.summary) == ("sub-01", "scans that lie years apart have one age")


def test_one_age_for_scans_that_lie_close_needs_no_word(tmp_path: Path) -> None:
    cohort = read(tmp_path, THREE, TWO_AGES, **scan_times("2001-01-01T10:00:00", "2001-02-01T10:00:00"))
    assert ages(cohort)["sub-01 ses-02"] == 50
    assert fatal(cohort) == []
    assert "one age" not in notes(cohort)


# Units, sex, site


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


# Who is who


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
