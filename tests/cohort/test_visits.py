"""Tables of people and of sessions, and which row is whose."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_folders import THREE, TWO_AGES, ages, fatal, notes, read, visits

from remembrain.errors import DataError


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
