"""Ages of sessions in columns of one row, and how far sessions lie apart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from remembrain.cohort.waves import days_apart, find_waves


@pytest.mark.parametrize(
    ("names", "plain", "sessions", "columns"),
    [
        (["age_ses-1", "age_wave2"], "", ["ses-01", "ses-02"], ["age_ses-1", "age_wave2"]),
        (["age_T1", "age_T2"], "", ["ses-T1", "ses-T2"], ["age_T1", "age_T2"]),
        (["age_bl", "age_fu"], "", ["ses-baseline", "ses-followup"], ["age_bl", "age_fu"]),
        (["bl_age", "fu1_age"], "", ["ses-bl", "ses-fu1"], ["bl_age", "fu1_age"]),
        (["AgeAtVisit1", "AgeAtVisit2"], "", ["ses-1", "ses-2"], ["AgeAtVisit1", "AgeAtVisit2"]),
        (["age", "age_wave2"], "age", ["ses-1", "ses-2"], ["age", "age_wave2"]),
        (["age_pre", "age_post", "age_onset"], "", ["ses-pre", "ses-post"], ["age_pre", "age_post"]),
        (["age_M00", "age_M24"], "", ["ses-M00", "ses-M24"], ["age_M00", "age_M24"]),
        (["age_1", "age_2", "age_3"], "", ["ses-1", "ses-3"], ["age_1", "age_3"]),
    ],
)
def test_columns_of_waves_are_matched_with_sessions(
    names: list[str], plain: str, sessions: list[str], columns: list[str]
) -> None:
    waves = find_waves(names, "age", plain, sessions)
    assert waves.asked == ""
    assert dict(waves.columns) == dict(zip(sessions, columns, strict=True))


@pytest.mark.parametrize(
    ("names", "plain", "sessions"),
    [
        (["age_bl", "age_fu"], "", ["ses-01", "ses-02"]),
        (["age_1", "age_2"], "", [""]),
        (["age_1", "age_wave1"], "", ["ses-1"]),
        (["age", "age_wave3"], "age", ["ses-1", "ses-2"]),
        (["age_1"], "", ["ses-1", "ses-2"]),
        (["age_1", "age_2"], "", ["ses-1", "ses-wave1"]),
    ],
)
def test_columns_that_cannot_be_told_apart_are_asked_about(names: list[str], plain: str, sessions: list[str]) -> None:
    waves = find_waves(names, "age", plain, sessions)
    assert waves.columns == {}
    assert all(name in waves.asked for name in names if name != "age")


@pytest.mark.parametrize("names", [["age"], ["age", "age_group"], ["age", "age_at_scan"], ["age", "age_of_onset"]])
def test_other_columns_are_no_waves(names: list[str]) -> None:
    waves = find_waves(names, "age", "age", ["ses-1", "ses-2"])
    assert (waves.columns, waves.asked) == ({}, "")


def test_one_session_has_the_plain_column() -> None:
    assert find_waves(["age", "age_wave2"], "age", "age", ["ses-1"]).columns == {}


def visits(folder: Path, **times: str) -> Path:
    for session, time in times.items():
        path = folder / "sub-1" / f"ses-{session}" / f"sub-1_ses-{session}_scans.tsv"
        path.parent.mkdir(parents=True)
        path.write_text(f"filename\tacq_time\nanat/sub-1_ses-{session}_T1w.nii.gz\t{time}\n")
    return folder


def test_days_are_told_by_times_of_acquisition(tmp_path: Path) -> None:
    folder = visits(tmp_path, a="2001-01-01T10:00:00", b="2004-01-01")
    assert days_apart(folder, "sub-1", ["ses-a", "ses-b"], None) == 1095
    assert days_apart(folder, "sub-1", ["ses-a", "ses-c"], None) is None
    one = tmp_path / "sub-2" / "sub-2_scans.tsv"
    one.parent.mkdir()
    one.write_text("filename\tacq_time\nses-a/x_ses-a_T1w.nii\t1900-01-01\nses-b/x_ses-b_T1w.nii\t1900-03-01\n")
    assert days_apart(tmp_path, "sub-2", ["ses-a", "ses-b"], None) == 59


@pytest.mark.parametrize(
    ("column", "cells", "days"),
    [
        ("acq_time", ["2001-01-01T10:00:00", "2002-01-01T10:00:00"], 365),
        ("session_date", ["2001-01-01", "2001-02-01"], 31),
        ("days_since_baseline", ["0", "900"], 900),
        ("months since baseline", ["0", "12"], 365.25),
        ("delay", ["0", "900"], None),
        ("EXAMDATE", ["20010101", "2002/01/01"], 365),
        ("scan_date", ["01/02/2010", "01.02.2012"], 731),
        ("reaction_time", ["1999", "2004"], None),
        ("birth_date", ["1950-01-01", "1950-01-01"], None),
        ("acq_time", ["n/a", "2001-01-01"], None),
    ],
)
def test_days_are_told_by_the_table_of_sessions(
    tmp_path: Path, column: str, cells: list[str], days: float | None
) -> None:
    assert days_apart(tmp_path, "sub-1", ["ses-1", "ses-2"], pd.DataFrame({column: cells})) == days


@pytest.mark.parametrize(
    ("sessions", "years"),
    [
        (["ses-M000", "ses-M024"], 2),
        (["ses-bl", "ses-m12"], 1),
        (["ses-1yr", "ses-4yr"], 3),
        (["d0000", "d1461"], 4),
        (["baselineYear1Arm1", "2YearFollowUpYArm1"], 2),
        (["baseline", "followup3y"], 3),
        (["ses-2010", "ses-2014"], 4),
        (["ses-20100101", "ses-20140101"], 4),
        (["week0", "week_0"], 0),
    ],
)
def test_days_are_told_by_names_that_count_months_or_years(tmp_path: Path, sessions: list[str], years: int) -> None:
    assert days_apart(tmp_path, "sub-1", sessions, None) == pytest.approx(365.25 * years)
    assert days_apart(tmp_path, "sub-1", ["ses-1", "ses-2"], None) is None
