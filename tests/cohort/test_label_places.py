"""Where the label of each scan stands, and that no scan gets that of another time."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_folders import THREE, TWO_AGES, ages, fatal, notes, read, visits


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
