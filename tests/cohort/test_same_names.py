"""Which spellings are one person, and which are nobody."""

from __future__ import annotations

import pytest

from remembrain.cohort.same_names import alike, match_names, session_key


def test_two_spellings_of_one_person_stop_for_both() -> None:
    problems = alike(["sub-1", "sub-001", "sub-A", "sub-a", "sub-2", "S10", "S1"], "t.tsv")
    assert sorted(problem.participant for problem in problems) == ["sub-001", "sub-1", "sub-A", "sub-a"]
    assert all(problem.fatal and "sub-" not in problem.summary.replace("sub- ", "") for problem in problems)


def test_names_are_matched_where_nobody_else_can_be_meant() -> None:
    matched = match_names(["sub-1", "2", "SUB-C", "sub-9"], ["sub-001", "sub-002", "sub-c"], where="in.txt")
    assert matched.spelling == {"sub-1": "sub-001", "2": "sub-002", "SUB-C": "sub-c"}
    assert matched.unknown == ("sub-9",)
    (note,) = matched.notes
    assert (note.fatal, note.what[:24]) == (False, "3 names differ from the ")
    assert "sub-" not in note.summary


def test_a_name_that_may_be_two_people_is_nobody() -> None:
    two = match_names(["sub-1"], ["sub-01", "sub-001"], where="in.txt")
    assert (two.spelling, two.unknown, two.alike) == ({}, ("sub-1",), {"sub-1": ("sub-001", "sub-01")})
    listed_twice = match_names(["sub-1", "sub-01"], ["sub-01"], where="in.txt")
    assert listed_twice.spelling == {"sub-01": "sub-01"}
    assert listed_twice.unknown == ("sub-1",)


def test_spellings_of_a_session_have_one_key() -> None:
    assert {session_key(name) for name in ("ses-01", "01", "1", "1.0", "SES-1", "session 1")} == {"1"}
    assert session_key("ses-pre") == session_key("PRE") != session_key("post")


@pytest.mark.parametrize("other", ["sub\u2010001", "sub\u2013001", "'sub-001"])
def test_signs_that_look_alike_make_no_other_person(other: str) -> None:
    first, _ = alike(["sub-001", other, "sub-002"], "t.tsv")
    assert "differ only by hyphens, quotation marks or .0" in first.what
    assert match_names([other], ["sub-001"], where="m.txt").spelling == {other: "sub-001"}


def test_whole_numbers_of_pandas_are_the_same_people() -> None:
    assert match_names(["1001.0"], ["1001", "1002"], where="m.txt").spelling == {"1001.0": "1001"}
    assert match_names(["1001"], ["1001.0", "1001.5"], where="m.txt").spelling == {"1001": "1001.0"}
