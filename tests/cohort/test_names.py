"""Whose a name is: persons and sessions behind them, and spellings of one person."""

from __future__ import annotations

import pytest

from remembrain.cohort.names import people_of, person_of


@pytest.mark.parametrize(
    ("text", "person", "session"),
    [
        ("sub-01", "sub-01", ""),
        ("sub-01_ses-pre", "sub-01", "ses-pre"),
        ("sub-01/ses-pre", "sub-01", "ses-pre"),
        ("sub-01_ses-pre_run-1", "sub-01", "ses-pre_run-1"),
        ("sub-01_ses-pre.long.sub-01", "sub-01", "ses-pre"),
        ("sub-01_ses-pre_T1w.nii.gz", "sub-01", "ses-pre"),
        ("sub-01_run-2", "sub-01", "run-2"),
        ("S01_tp1.long.S01", "S01", "tp1"),
        ("OAS2_0001_MR1.long.OAS2_0001_base", "OAS2_0001", "MR1"),
        ("sub-01.long.sub-01", "sub-01", ""),
        ("/data/bids/sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz", "sub-01", "ses-2"),
        ("sub-01/anat/sub-01_T1w.nii.gz", "sub-01", ""),
        ("002_S_0295", "002_S_0295", ""),
        ("sub-01_space-MNI152NLin2009cAsym_res-2_desc-preproc_T1w.nii.gz", "sub-01", ""),
        ("sub-01_ses-2_run-1_space-MNI152_desc-preproc_T1w.nii.gz", "sub-01", "ses-2_run-1"),
        ("anna_b", "anna_b", ""),
    ],
)
def test_a_name_is_a_person_and_perhaps_a_session(text: str, person: str, session: str) -> None:
    assert person_of(text) == (person, session)


def test_sessions_behind_names_are_taken_off_and_told() -> None:
    named = people_of(["sub-01_ses-pre", "sub-01_ses-post", "sub-02"], ["", "", ""], where="t.tsv")
    assert named.people == ("sub-01", "sub-01", "sub-02")
    assert named.sessions == ("ses-pre", "ses-post", "")
    assert [problem.fatal for problem in named.problems] == [False]
    assert "2 names say a session" in named.problems[0].what


def test_a_column_of_sessions_is_not_contradicted() -> None:
    agree = people_of(["sub-01_ses-01", "sub-01_ses-02"], ["1", "2"], where="t.tsv")
    assert (agree.sessions, [p for p in agree.problems if p.fatal]) == (("1", "2"), [])
    other = people_of(["sub-01_ses-01"], ["pre"], where="t.tsv")
    assert [problem.participant for problem in other.problems if problem.fatal] == ["sub-01"]


@pytest.mark.parametrize(
    "names",
    [
        ["S01_v1", "S01_v2"],
        ["OAS1_0061_MR1", "OAS1_0061_MR2"],
        ["K 1_bl", "K 1_fu2"],
        ["NDAR_INV001_baselineYear1Arm1", "NDAR_INV001_2YearFollowUpYArm1"],
        ["INV001_baseline_year_1_arm_1", "INV001_2_year_follow_up_y_arm_1"],
        ["S01_V02", "S01_V03"],
        ["S01_m00", "S01_m12"],
        ["S01_12m", "S01_24mo"],
        ["S01m00", "S01m12"],
        ["S01_rep1", "S01_rep2"],
        ["S01_scan1", "S01scan2"],
        ["S01_run-1", "S01_run-2"],
        ["S01_before", "S01_after"],
        ["S01_screening", "S01_week4"],
        ["S01_20190512", "S01_2021-11-03"],
        ["S01_12.05.2019", "S01_03.11.2021"],
        ["S01_20190512_1015", "S01_20190512T113000"],
    ],
)
def test_names_that_seem_to_be_one_person_are_asked_about(names: list[str]) -> None:
    (problem,) = people_of([*names, "S02_v1"], [""] * 3, where="t.tsv").problems
    assert problem.fatal
    assert "2 names seem to be of 1 people" in problem.what
    assert names[0] not in problem.summary
    assert not people_of([*names, "S02_v1"], ["a", "b", "a"], where="t.tsv").problems, "the session is said"


def test_numbers_of_groups_are_no_sessions() -> None:
    people = [f"CTRL_T{number}" for number in range(40)] + [f"site_{number}" for number in range(40)]
    assert people_of(people, [""] * 80, where="t.tsv").problems == ()
    arms = [f"S{number:02d}_{arm}" for number in range(40) for arm in ("control", "harm")]
    assert people_of(arms, [""] * 80, where="t.tsv").problems == ()
    few = [f"sub-m{number}" for number in range(5)] + [f"sub-{number}" for number in range(5)]
    assert people_of(few, [""] * 10, where="t.tsv").problems == ()


def test_a_base_that_everybody_shares_is_nobody_s_name() -> None:
    names = [f"sub-{number:02d}.long.base" for number in range(30)]
    problems = people_of(names, [""] * 30, where="t.tsv").problems
    assert any(
        problem.fatal and "30 names" in problem.what and "--session-column" in problem.what for problem in problems
    )


def test_time_points_of_one_person_may_share_its_base() -> None:
    named = people_of(["FU1_S01.long.S01", "FU2_S01.long.S01"], ["", ""], where="t.tsv")
    assert set(named.people) == {"S01"}
    assert not any(problem.fatal for problem in named.problems)


@pytest.mark.parametrize(
    "names",
    [
        ["P101pre", "P101post"],
        ["S01T1", "S01T2"],
        ["12v1", "12V2"],
        ["100_V1_MR", "100_V2_MR"],
        ["100", "100_retest"],
        ["S1_20150101", "S1_20170304"],
        ["K1-2015-01-01", "K1-2016-01-01"],
    ],
)
def test_sessions_without_a_sign_between_and_dates_are_asked_about(names: list[str]) -> None:
    (problem,) = people_of(names, [""] * 2, where="t.tsv").problems
    assert problem.fatal
    assert "2 names seem to be of 1 people" in problem.what


def test_dates_and_letters_alone_are_people() -> None:
    dates = [f"2010010{day}" for day in range(1, 9)]
    assert people_of([*dates, "F12A", "F12B"], [""] * 10, where="t.tsv").problems == ()


def test_numbers_that_a_spreadsheet_has_rounded_are_no_names() -> None:
    (problem,) = people_of(["1.00235E+11", "1.00236E+11", "E+1"], ["a", "b", "c"], where="t.tsv").problems
    assert problem.fatal
    assert "2 names are numbers that a spreadsheet has rounded (as 1.00235E+11)" in problem.what


@pytest.mark.parametrize("part", ["v1", ".long.", "_run-1", "_T1w", "a_", "1"])
def test_a_text_that_is_far_too_long_for_a_name_is_not_searched_for_a_session(part: str) -> None:
    """It would take minutes: for each place, all that stands behind it."""
    text = "sub-1" + part * 20_000
    assert person_of(text) == (text, "")
    assert people_of([text, "sub-2"], ["", ""], where="t.tsv").people == (text, "sub-2")
