"""Who of a list is meant, where a further column says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_lists import HAVE, THREE

from remembrain.cohort.roster import read_roles, read_roster
from remembrain.cohort.split_files import COLUMNS
from remembrain.errors import DataError

_IDS = [f"sub-{number:03d}" for number in range(1, 7)]


def _list(path: Path, heading: str, cells: list[str], *, behind: str = "") -> Path:
    rows = [f"{name},{cell}{behind}" for name, cell in zip(_IDS, cells, strict=True)]
    path.write_text("\n".join([heading, *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        *((f"participant_id,{name}", "True False") for name in ("in_training", "was_in_training", "isTrain", "member")),
        ("participant_id,in_train", "1 0"),
        ("participant_id,training", "1.0 0.0"),
        ("subject,Trained On", "yes no"),
        ("participant_id,is_test", "0 1"),
        ("participant_id,not_in_training", "no yes"),
        ("participant_id,held-out", "FALSE TRUE"),
        *((f"participant_id,{name}", "train test") for name in ("role", "split", "set", "fold", "phase", "cohort")),
        ("participant_id,group", "Training held-out"),
        ("participant_id,subset", "train val"),
        ("participant_id,usage", "member non-member"),
        ("ID,dataset", "train unseen"),
    ],
)
def test_a_column_says_who_of_a_list_is_meant(tmp_path: Path, heading: str, words: str) -> None:
    member, other = words.split()
    path = _list(tmp_path / "in.csv", heading, [member, other, member, other, other, member])
    roster = read_roster(path, HAVE, "member")
    assert roster.names == ("sub-001", "sub-003", "sub-006")
    name = heading.split(",")[1]
    told = f"3 of 6 rows are taken, those of which {name} says {member}; 3 left out ({other})"
    assert [note.what for note in roster.notes] == [told]
    assert read_roster(path, HAVE, "nonmember").names == ("sub-002", "sub-004", "sub-005")
    assert read_roster(path, HAVE).names == tuple(_IDS)


def test_a_list_of_lines_may_say_it_too(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("sub-001,train\nsub-002,test\nsub-003,train\n")
    roster = read_roster(tmp_path / "in.csv", HAVE, "member")
    assert roster.names == ("sub-001", "sub-003")
    assert roster.notes[0].what == "2 of 3 rows are taken, those of which column 2 says train; 1 left out (test)"
    (tmp_path / "in.csv").write_text("sub-001,True\nsub-002,False\nsub-003,True\n")
    with pytest.raises(DataError, match=r"in\.csv: its column column 2 \(False, True\) may say who of the 3 people"):
        read_roster(tmp_path / "in.csv", HAVE, "member")
    (tmp_path / "in.csv").write_text("sub-001,M\nsub-002,F\nsub-003,M\n")
    roster = read_roster(tmp_path / "in.csv", HAVE, "member")
    assert (roster.names, roster.notes[0].what) == (THREE, "1 column (column 2) of the list not used")


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("participant_id,group", "a a b b a b"),
        ("participant_id,split", "0 0 1 1 0 1"),
        ("participant_id,fold", "1 2 3 1 2 3"),
        ("participant_id,set", "discovery replication discovery discovery replication discovery"),
        ("participant_id,in_training", "True n/a True True n/a True"),
        ("participant_id,in_training", "x n/a x x n/a x"),
        ("participant_id,role", "train test train pilot test train"),
        ("participant_id,adni_train", "1 0 1 1 0 1"),
        ("participant_id,phase", "train_1 train_2 train_1 test_1 test_1 train_2"),
        ("participant_id,cohort", "train test n/a train test train"),
    ],
)
def test_what_may_say_who_is_meant_is_asked_about(tmp_path: Path, heading: str, cells: str) -> None:
    path = _list(tmp_path / "in.csv", heading, cells.split())
    name = heading.split(",")[1]
    with pytest.raises(DataError, match=rf"its column {name} \(.*\) may say who of the 6 people is meant") as caught:
        read_roster(path, HAVE, "member")
    assert f"keep the rows of those who are meant, and take the column {name} out" in str(caught.value)


def test_use_and_inclusion_say_whom_a_list_means(tmp_path: Path) -> None:
    path = _list(tmp_path / "in.csv", "participant_id,included", ["1", "0", "1", "1", "0", "1"])
    for listed in ("member", "nonmember"):
        assert len(read_roster(path, HAVE, listed).names) == 4  # type: ignore[arg-type]  # one of the two
    path = _list(tmp_path / "in.csv", "participant_id,used", ["yes", "no", "yes", "yes", "no", "yes"])
    assert len(read_roster(path, HAVE, "member").names) == 4
    with pytest.raises(DataError, match="may say who"):
        read_roster(path, HAVE, "nonmember")


def test_a_list_of_nobody_who_is_meant_is_refused(tmp_path: Path) -> None:
    path = _list(tmp_path / "in.csv", "participant_id,in_training", ["False"] * 6)
    assert len(read_roster(path, HAVE, "nonmember").names) == 6
    with pytest.raises(DataError, match=r"nobody of the 6 people is meant: its column in_training \(False\) says so"):
        read_roster(path, HAVE, "member")


def test_columns_that_disagree_about_who_is_meant_are_refused(tmp_path: Path) -> None:
    path = _list(tmp_path / "in.csv", "participant_id,in_training,role", [*["True,train"] * 3, *["False,train"] * 3])
    with pytest.raises(DataError, match="its columns in_training and role say different things of who is meant"):
        read_roster(path, HAVE, "member")


def test_other_columns_of_a_list_are_named_and_not_used(tmp_path: Path) -> None:
    text = "participant_id,age,sex,site,diagnosis,training_years\n"
    rows = [f"{name},{30 + place},{'MF'[place % 2]},A,{place % 2},{place}" for place, name in enumerate(_IDS)]
    (tmp_path / "in.csv").write_text(text + "\n".join(rows))
    roster = read_roster(tmp_path / "in.csv", HAVE, "member")
    assert roster.names == tuple(_IDS)
    what = "5 columns (age, sex, site, diagnosis, training_years) of the list not used"
    assert [(note.what, note.fatal) for note in roster.notes] == [(what, False)]


def test_a_column_of_a_split_that_says_another_role_is_a_problem(tmp_path: Path) -> None:
    head = "participant_id,role,attacker_knows,in_training,age\n"
    (tmp_path / "s.csv").write_text(head + "sub-001,member,1,True,30\nsub-002,nonmember,0,False,40\n")
    (note,) = read_roles(tmp_path / "s.csv", COLUMNS).listed.notes
    assert (note.what, note.fatal) == ("2 columns (in_training, age) of the split not used", False)
    (tmp_path / "s.csv").write_text(head + "sub-001,member,1,False,30\nsub-002,nonmember,0,False,40\n")
    notes = read_roles(tmp_path / "s.csv", COLUMNS).listed.notes
    what = "its column in_training says another role than its own in 1 row: mend one, or take it out"
    assert [note.what for note in notes if note.fatal] == [what]
