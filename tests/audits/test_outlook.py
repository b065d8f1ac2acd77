"""What is said of people before any work: the same minimum that an audit asks for later, and a way out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_data import write_table
from remembrain.attacks import select
from remembrain.audits.outlook import Divided, counts_of, foresee, quiet
from remembrain.audits.rounds import null_rounds
from remembrain.cli import main
from remembrain.cohort.splits import Split
from remembrain.config import DataOptions, SplitOptions
from remembrain.errors import DataError
from remembrain.evidence.power import null_tested
from remembrain.study.central.check import check_data
from remembrain.types import Scans


def people(members: int, others: int, known: int, scans: int = 1) -> tuple[Scans, Split]:
    """So many members and others, so many of each known, with some scans each."""
    role = np.repeat(["member", "nonmember"], [members, others]).astype("<U10")
    place = np.concatenate([np.arange(members), np.arange(others)])
    names = np.array([f"sub-{number:04d}" for number in range(members + others)])
    rng = np.random.default_rng(0)
    age, nobody = rng.uniform(40, 80, len(names)), np.full(len(names), "n/a")
    once = Scans(names, np.full(len(names), "ses-1"), age, nobody, nobody)
    order = np.repeat(np.arange(len(names)), scans)
    session = np.tile([f"ses-{number}" for number in range(scans)], len(names))
    again = once.take(order)
    return Scans(again.participant_id, session, again.age, again.sex, again.site), Split(
        role[order], (place < known)[order]
    )


@pytest.mark.parametrize("others", [40, 77, 78, 79, 101])
def test_the_null_control_is_foreseen_as_it_is_run(others: int) -> None:
    scans, split = people(40, others, 20, scans=2)
    for played in null_rounds(scans, split, 2, seed=5):
        tested, called = scans.participant_id[played.tested], played.member[played.tested]
        sides = [len(np.unique(tested[called == side])) for side in (True, False)]
        assert min(sides) == null_tested(others)


def test_people_count_and_not_scans() -> None:
    once, thrice = (counts_of(*people(50, 60, 20, scans)) for scans in (1, 3))
    assert once == thrice
    assert once.tested == (30, 40)
    scans, split = people(40, 40, 20, scans=2)
    with pytest.raises(DataError, match="nothing could be assessed") as caught:
        foresee(scans, split, select(("logistic",)), Divided(), quiet)
    assert "38 more people" in str(caught.value.try_next)


def test_what_could_be_seen_is_said_in_few_lines() -> None:
    said: list[str] = []
    foresee(*people(200, 200, 100), select(("logistic", "error-threshold")), Divided(), said.append)
    text = "\n".join(said)
    assert "200 members and 200 non-members, of whom the attacker knows 100 and 100" in said[0]
    assert "one of 2 attacks is found four times in five where its AUC is 0.6" in text
    assert "down to a false-positive rate of 1 %" in text
    assert "an AUC of 0.60" in text
    assert "a false-positive rate of 0.1 %: about 4,000" in text


@pytest.mark.parametrize(
    ("given", "divided", "way"),
    [
        ((60, 60, 30), Divided(), "--members 42 --nonmembers 78 --validation 0 --population 0 --known 0.5"),
        ((30, 100, 15), Divided(given=True), "10 more members"),
        ((30, 60, 15), Divided(given=True, by_split=True), "10 more members and 18 more non-members"),
        ((90, 90, 85), Divided(given=True), "--known 0.5"),
        ((90, 90, 85), Divided(given=True, by_split=True), "attacker_knows 1 for half of the members"),
    ],
)
def test_a_way_out_is_named_and_is_one(given: tuple[int, int, int], divided: Divided, way: str) -> None:
    with pytest.raises(DataError) as caught:
        foresee(*people(*given), select(("logistic",)), divided, quiet)
    assert way in str(caught.value.try_next)
    if way.startswith("--members"):
        foresee(*people(42, 78, 21), select(("logistic",)), divided, quiet)


def test_attacks_that_know_nobody_need_nobody_known() -> None:
    few = people(100, 100, 10)
    with pytest.raises(DataError, match="the attacker knows 10 members and 10 non-members"):
        foresee(*few, select(("logistic",)), Divided(), quiet)
    foresee(*few, select(("logistic", "shadow:error-threshold")), Divided(), quiet)


def test_a_demonstration_of_too_few_people_makes_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["demo", str(tmp_path / "demo"), "--people", "207"])
    assert stopped.value.code == 2
    assert "--people 208 or more" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_check_says_it_for_the_split_that_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = write_table(tmp_path / "people.tsv", people=120)
    lines, usable = check_data(table, DataOptions(), SplitOptions())
    assert usable
    assert "could assess nothing: the null control would decide about 12 people" in "\n".join(lines)
    (way,) = (line.removeprefix("  try: ") for line in lines if "try:" in line)
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(table), *way.split()])
    assert stopped.value.code == 0
    assert "42 members and 78 non-members" in capsys.readouterr().out
    lines, usable = check_data(table, DataOptions(), SplitOptions(members=10))
    assert usable
    assert "an audit of these people is not possible: the cohort: 10 members" in "\n".join(lines)
    lines, usable = check_data(table, DataOptions(), SplitOptions(split=tmp_path / "none.tsv"))
    assert not usable
    assert "none.tsv: no such file" in "\n".join(lines)
