"""Whom an audit is of: problems count for those who have a role, and who is left out stays left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_cohorts import COARSE, facts

from remembrain.cohort import left_out
from remembrain.cohort.bids import BidsCohort
from remembrain.cohort.check import Roles, insist, problems_of, settle, stamp
from remembrain.cohort.split_files import read_split, write_split
from remembrain.cohort.splits import Split, make_split
from remembrain.cohort.table import TableCohort
from remembrain.cohort.volumes import Answer, Looked
from remembrain.errors import DataError, Problem, ProblemsError
from remembrain.types import Scans


def cohort(people: int = 80, *problems: Problem) -> BidsCohort:
    """People without any file: what became of their scans is said by ``looking``."""
    scans = facts(people)
    paths = tuple(Path(f"data/{name}.nii") for name in scans.participant_id)
    return BidsCohort(Path("data"), scans, paths, problems)


def ageless(person: str) -> Problem:
    return Problem(f"participants.tsv: {person}", "age is missing", participant=person, summary="age is missing")


class Looking:
    """What becomes of scans: some are broken, of some there is something to tell. Remembers who was looked at."""

    def __init__(self, broken: Collection[str] = (), told: Collection[str] = ()) -> None:
        self.broken, self.told = broken, told
        self.seen: list[str] = []

    def __call__(self, some: BidsCohort) -> Looked:
        self.seen = some.scans.participant_id.tolist()
        answers = tuple(
            Answer(
                name,
                name,
                wrong="is empty" if name in self.broken else "",
                notes=("has NaN around",) if name in self.told else (),
            )
            for name in self.seen
        )
        return Looked(some, answers, Path("store"), (1, *COARSE.shape))


def drawn(scans: Scans, _: Collection[str]) -> Split:
    return make_split(scans, np.random.default_rng(1), {"member": 0.5, "nonmember": 0.5})


def written(path: Path, split: Split, scans: Scans) -> Roles:
    """Roles as a file of the user's says them."""
    write_split(path, scans, split)
    return Roles(lambda some, passed_over: read_split(path, some, passed_over), ((path, None),))


def test_everything_wrong_with_tables_and_scans_is_said_at_once() -> None:
    asked = cohort(80, ageless("sub-0099"))
    with pytest.raises(ProblemsError) as raised:
        settle(asked, Roles(drawn), Looking(broken={"sub-0003"}))
    assert [str(problem) for problem in raised.value.problems] == [
        "participants.tsv: sub-0099: age is missing",
        "sub-0003.nii: is empty",
    ]
    assert "--leave-out problems" in str(raised.value.try_next)


def test_who_has_no_role_stops_nobody_and_is_not_opened(tmp_path: Path) -> None:
    asked = cohort(90, ageless("sub-0099"))
    split = drawn(asked.scans, ())
    none = np.isin(asked.scans.participant_id, ["sub-0003", "sub-0004"])
    split = replace(split, role=np.where(none, "unused", split.role))
    look = Looking(broken={"sub-0003"}, told={"sub-0004", "sub-0005"})
    settled = settle(asked, written(tmp_path / "split.tsv", split, asked.scans), look)
    assert not {"sub-0003", "sub-0004"} & set(look.seen)
    assert len(settled.cohort.scans) == len(settled.split.role) == 88
    assert settled.left == ()
    assert [note.summary for note in settled.notes] == [
        "age is missing: not audited, has no role",
        "a scan has NaN around",
    ]


def test_who_has_a_role_in_a_file_and_a_problem_stops_or_is_left_out(tmp_path: Path) -> None:
    everybody = cohort(90)
    split = drawn(everybody.scans, ())
    roles = written(tmp_path / "split.tsv", split, everybody.scans)
    without = everybody.scans.participant_id != "sub-0002"
    asked = replace(everybody.take(np.flatnonzero(without)), problems=(ageless("sub-0002"),))
    look = Looking(broken={"sub-0003"}, told={"sub-0003", "sub-0004"})
    with pytest.raises(ProblemsError, match="2 problems"):
        settle(asked, roles, look)
    settled = settle(asked, roles, look, leaves_out=True)
    assert [one.participant for one in settled.left] == ["sub-0002", "sub-0003"]
    people = settled.cohort.scans.participant_id
    assert len(people) == 88
    assert not {"sub-0002", "sub-0003"} & set(people.tolist())
    before = dict(zip(everybody.scans.participant_id, split.role, strict=True))
    assert [before[name] for name in people] == settled.split.role.tolist()
    assert settled.looked is not None
    assert [one.key for one in settled.looked.answers] == people.tolist()
    assert [note.participant for note in settled.notes] == ["sub-0004"], "nothing more is told of who is left out"


def test_leaving_out_too_many_stops_with_the_counts() -> None:
    asked = cohort(44, ageless("sub-0098"), ageless("sub-0099"))
    broken = {f"sub-{place:04d}" for place in range(6)}
    with pytest.raises(DataError) as raised:
        settle(asked, Roles(drawn), Looking(broken=broken), leaves_out=True)
    assert "members, after people were left out (2 x age is missing, 6 x a scan is empty)" in raised.value.what
    assert raised.value.try_next == "remembrain check data, and mend what it lists"
    with pytest.raises(DataError, match=r"nobody is left to audit, after people were left out \(1 x age is missing\)"):
        settle(cohort(0, ageless("sub-0098")), Roles(drawn), Looking(), leaves_out=True)


def test_nobody_at_all_is_a_problem() -> None:
    with pytest.raises(ProblemsError, match="nobody is left to audit"):
        settle(cohort(0), Roles(drawn), Looking())


def test_who_is_left_out_of_a_run_stays_left_out_and_nobody_else_is(tmp_path: Path) -> None:
    everybody = cohort(90, ageless("sub-0099"))
    settled = settle(everybody, Roles(drawn), Looking(broken={"sub-0003"}), leaves_out=True)
    path = tmp_path / "split.tsv"
    roles = written(path, settled.split, settled.cohort.scans)
    left_out.write(tmp_path / left_out.FILE, settled.left)
    begun = replace(roles, begun=left_out.read(tmp_path / left_out.FILE))
    for leaves_out in (False, True):
        again = settle(everybody, begun, Looking(), leaves_out=leaves_out)
        assert again.cohort.scans.participant_id.tolist() == settled.cohort.scans.participant_id.tolist()
        assert again.split.role.tolist() == settled.split.role.tolist()
        assert [one.participant for one in again.left] == ["sub-0099", "sub-0003"]
        assert again.notes == (), "it is told once"
        with pytest.raises(ProblemsError, match=r"sub-0007\.nii: is empty") as raised:
            settle(everybody, begun, Looking(broken={"sub-0007"}), leaves_out=leaves_out)
        assert raised.value.try_next == "put back what this run began with, or begin a new run folder"


def test_one_broken_scan_of_a_person_leaves_the_others() -> None:
    scans = facts(60, sessions=2)
    paths = tuple(Path(f"data/{name}") for name in scans.labels())
    asked = BidsCohort(Path("data"), scans, paths, ())

    def look(some: BidsCohort) -> Looked:
        answers = tuple(
            Answer(name, name, wrong="is empty" * (name == "sub-0003 ses-1")) for name in some.scans.labels()
        )
        return Looked(some, answers, Path("store"), (1, *COARSE.shape))

    settled = settle(asked, Roles(drawn), look, leaves_out=True)
    assert len(settled.cohort.scans) == 119
    assert "sub-0003 ses-0" in list(settled.cohort.scans.labels())


def table(**columns: object) -> TableCohort:
    scans = facts(60)
    return TableCohort(Path("table.tsv"), scans, pd.DataFrame({"sex": scans.sex, "site": scans.site, **columns}), ())


def test_sex_and_site_alone_are_nothing_to_audit() -> None:
    coded = np.where(facts(60).sex == "M", 1.0, 2.0)
    for nothing in (table(), table(gender=coded)):
        (problem,) = problems_of(nothing)
        assert problem.fatal
        assert "has no measured column left" in problem.what
        with pytest.raises(ProblemsError, match="no measured column left"):
            insist(nothing, Roles(drawn), leaves_out=True)
    assert problems_of(table(thickness=np.arange(60.0))) == ()


def test_a_stamp_is_of_people_their_facts_and_their_files(tmp_path: Path) -> None:
    scans, folder, table = facts(30), tmp_path / "bids", tmp_path / "people.tsv"
    folder.mkdir()
    table.write_text("a")
    (folder / "scan.nii.gz").write_bytes(b"1")
    first = {source: stamp(source, scans) for source in (folder, table)}
    assert len(set(first.values())) == 2
    assert first == {source: stamp(source, scans) for source in (folder, table)}
    assert stamp(table, replace(scans, age=scans.age + 1)) != first[table]
    table.write_text("b")
    (folder / "scan.nii.gz").write_bytes(b"12")
    assert all(stamp(source, scans) != before for source, before in first.items())


def test_a_stamp_is_of_tables_beside_it_too(tmp_path: Path) -> None:
    table, beside = tmp_path / "features.tsv", tmp_path / "people.tsv"
    table.write_text("a")
    beside.write_text("b")
    first = stamp(table, facts(30), [beside])
    assert first == stamp(table, facts(30), [beside]) != stamp(table, facts(30))
    beside.write_text("c")
    assert stamp(table, facts(30), [beside]) != first


def alone(person: str) -> Problem:
    return Problem("lh.tsv", f"{person} has no row in people.tsv, and is left out", fatal=False, participant=person)


def test_who_is_told_to_be_in_one_table_alone_is_passed_over_in_a_split(tmp_path: Path) -> None:
    everybody, path = facts(90), tmp_path / "split.tsv"
    split = drawn(everybody, ())
    gone = sorted(set(everybody.participant_id) - set(facts(80).participant_id))
    roles = written(path, split, everybody)
    with pytest.raises(ProblemsError, match="not in the data"):
        settle(cohort(80), roles, Looking())
    settled = settle(cohort(80, *map(alone, gone)), roles, Looking())
    role = dict(zip(everybody.participant_id, split.role, strict=True))
    assert settled.split.role.tolist() == [role[name] for name in settled.cohort.scans.participant_id]
    assert len(settled.split.role) == 80
    with pytest.raises(ProblemsError, match="not in the data"):  # a run that has begun loses nobody
        settle(cohort(80, *map(alone, gone)), replace(roles, begun=()), Looking())
