"""What is wrong with a cohort: what stops an audit, who is left out, and nobody named where anybody may read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_cohorts import facts

from remembrain.cohort import left_out
from remembrain.errors import Problem, ProblemsError

BROKEN = Problem(
    "sub-0001/anat/sub-0001_T1w.nii.gz", "is empty", participant="sub-0001", summary="a scan is empty", session=""
)
AGELESS = Problem("participants.tsv: sub-0002", "age is missing", participant="sub-0002", summary="age is missing")
TABLE = Problem("participants.tsv", "is not a table")
GUESSED = Problem("participants.tsv", "the column Gender is taken for the sex", fatal=False)


def test_a_problem_is_fatal_only_for_those_who_have_a_role() -> None:
    everybody = left_out.bearing([BROKEN, AGELESS, TABLE, GUESSED])
    assert everybody == left_out.Bearing((BROKEN, AGELESS, TABLE), (GUESSED,))
    some = left_out.bearing([BROKEN, AGELESS, TABLE, GUESSED], {"sub-0002", "sub-0003"})
    assert some.fatal == (AGELESS, TABLE)
    assert [(note.fatal, note.summary or note.what) for note in some.notes] == [
        (False, "a scan is empty: not audited, has no role"),
        (False, "the column Gender is taken for the sex"),
    ]


@pytest.mark.parametrize(
    ("problems", "leaves_out", "begun", "said"),
    [
        ([BROKEN, AGELESS], False, False, "mend these, or go on without these scans and people: --leave-out problems"),
        ([BROKEN, TABLE], False, False, "remembrain check data"),
        ([BROKEN, TABLE], True, False, "remembrain check data"),
        ([BROKEN], True, True, "put back what this run began with, or begin a new run folder"),
    ],
)
def test_what_stops_an_audit_says_what_would_help(
    problems: list[Problem], leaves_out: bool, begun: bool, said: str
) -> None:
    with pytest.raises(ProblemsError) as raised:
        left_out.insist(left_out.bearing(problems), Path("data"), leaves_out=leaves_out, begun=begun)
    assert raised.value.try_next == said
    assert (TABLE in raised.value.problems) is (TABLE in problems)


def test_nobody_is_in_the_way_who_is_left_out() -> None:
    left_out.insist(left_out.bearing([BROKEN, AGELESS, GUESSED]), Path("data"), leaves_out=True)


def test_a_person_goes_with_all_scans_and_a_session_alone() -> None:
    scans = facts(4, sessions=2)
    whole = Problem("x", "y", participant="sub-0001")
    session = Problem("x", "y", participant="sub-0002", session="ses-1")
    names = list(scans.take(left_out.kept(scans, [whole, session])).labels())
    assert sorted(names) == [
        *("sub-0000 ses-0", "sub-0000 ses-1", "sub-0002 ses-0"),
        *("sub-0003 ses-0", "sub-0003 ses-1"),
    ]
    assert left_out.kept(scans, []).tolist() == np.arange(8).tolist()


def test_who_was_left_out_is_written_by_name_and_read_again(tmp_path: Path) -> None:
    odd = Problem("a\tb", 'is "odd"\nin two lines', participant="sub-9", summary="odd", session="ses-1")
    path = tmp_path / left_out.FILE
    left_out.write(path, [BROKEN, AGELESS, odd])
    assert path.read_text().splitlines()[0].split("\t") == list(left_out.COLUMNS)
    again = left_out.read(path)
    assert [(one.participant, one.session, one.summary) for one in again] == [
        ("sub-0001", None, "a scan is empty"),
        ("sub-0002", None, "age is missing"),
        ("sub-9", "ses-1", "odd"),
    ]
    assert again[0].where == BROKEN.where
    left_out.write(path, [])
    assert not path.exists()
    assert left_out.read(path) == ()


def test_nobody_is_named_where_anybody_may_read() -> None:
    careless = Problem("x", "sub-0007 has no row", participant="sub-0007")
    told = left_out.in_short((*left_out.noted([BROKEN, BROKEN, careless]), GUESSED))
    assert told == [
        ("a scan is empty: left out", 2),
        ("something of one person", 1),
        ("the column Gender is taken for the sex", 1),
    ]
    assert left_out.lines(told)[:2] == ["note: a scan is empty: left out (2 times)", "note: something of one person"]
