"""One age for scans of different times: refused where they lie years apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_folders import THREE, TWO_AGES, ages, fatal, notes, read


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
