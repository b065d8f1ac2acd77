"""Lists of people as they are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.cohort.names import match_names
from remembrain.cohort.roster import not_there, read_roles, read_roster
from remembrain.cohort.splits import COLUMNS
from remembrain.errors import DataError

HAVE = [f"sub-{number:03d}" for number in range(1, 90)]
THREE = ("sub-001", "sub-002", "sub-003")


@pytest.mark.parametrize(
    "text",
    [
        "sub-001\nsub-002\nsub-003\n",
        "sub-001\nsub-002\nsub-003\nsub-002",
        "participant_id\nsub-001\nsub-002\nsub-003\n",
        "subject_id,age\nsub-001,26\nsub-002,31\nsub-003,44\n",
        "ID;Age\nsub-001;26,5\nsub-002;31\nsub-003;44\n",
        "age\tSubject\n26\tsub-001\n31\tsub-002\n44\tsub-003\n",
        "sub-001, sub-002, sub-003\n",
        "sub-001\tF\nsub-002\tM\nsub-003\tF\n",
        "26,sub-001\n31,sub-002\n44,sub-003\n",
        "training people\nsub-001\nsub-002\nsub-003\n",
        "\ufeffsub-001\r\n\r\n sub-002 \r\nsub-003",
        "sub-001\nNA\nsub-002\nn/a\nsub-003\n",
        '"sub-001"\n"sub-002"\n"sub-003"\n',
        "- sub-001\n- sub-002\n- sub-003\n",
        "['sub-001', 'sub-002', 'sub-003']",
        '[\n  "sub-001",\n  "sub-002",\n  "sub-003"\n]\n',
        'members <- c("sub-001", "sub-002",\n "sub-003")\n',
        "sub-001 sub-002 sub-003\n",
        "\n".join(f"D:\\data\\sub-00{n}\\anat\\sub-00{n}_space-MNI152_desc-preproc_T1w.nii.gz" for n in (1, 2, 3)),
        "sub-001/anat/sub-001_T1w.nii.gz\nsub-002/anat/sub-002_T1w.nii.gz\nsub-003/anat/sub-003_T1w.nii.gz\n",
    ],
)
def test_people_are_found_in_any_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(text.encode())
    roster = read_roster(path, HAVE)
    assert roster.names == THREE
    assert roster.sessions == ("", "", "")
    assert not any(note.fatal for note in roster.notes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ID|Ort\nsub-001|Köln\nsub-002|Bern\n".encode("latin-1"), ["Windows-1252", "bars"]),
        ("ID;Ort\nsub-001;Köln\nsub-002;Bern\n".encode("utf-16"), ["UTF-16", "semicolons"]),
    ],
)
def test_separators_and_encodings_are_told(tmp_path: Path, content: bytes, said: list[str]) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    roster = read_roster(tmp_path / "in.csv", HAVE)
    assert roster.names == ("sub-001", "sub-002")
    assert said[0] in str(roster.notes[0])


def test_lines_that_name_nobody_are_counted(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("sub-001\nNA\nsub-002\nn/a\n")
    (note,) = read_roster(tmp_path / "in.txt", HAVE).notes
    assert note.what == "2 lines say n/a for a name, left out"


@pytest.mark.parametrize(
    "text",
    [
        "participant_id\tsession_id\nsub-001\tses-1\nsub-001\tses-2\nsub-002\tn/a\n",
        "sub-001_ses-1\nsub-001_ses-2\nsub-002\n",
        "sub-001/ses-1\nsub-001/ses-2\nsub-002\n",
    ],
)
def test_sessions_stand_in_a_column_or_behind_the_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.tsv").write_text(text)
    roster = read_roster(tmp_path / "in.tsv", HAVE)
    assert (roster.names, roster.sessions) == (("sub-001", "sub-001", "sub-002"), ("ses-1", "ses-2", ""))


def test_a_first_name_that_is_not_in_the_data_is_no_heading(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("sub-900\nsub-002\n")
    assert read_roster(tmp_path / "in.txt", HAVE).names == ("sub-900", "sub-002")
    (tmp_path / "in.txt").write_text("anna\nbert\n")
    assert read_roster(tmp_path / "in.txt", ["bert", "carl"]).names == ("anna", "bert")


def test_files_that_hold_no_list_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in\.txt: no such file"):
        read_roster(tmp_path / "in.txt", HAVE)
    (tmp_path / "in.txt").write_text("\n\n")
    with pytest.raises(DataError, match=r"in\.txt: is empty"):
        read_roster(tmp_path / "in.txt", HAVE)


@pytest.mark.parametrize(
    ("role", "word"),
    [
        *(("member", word) for word in ("member", "Member", "train", "training", "TRAIN")),
        *(("nonmember", word) for word in ("nonmember", "non-member", "Non Member", "test", "held-out")),
        *(("validation", word) for word in ("validation", "val", "dev")),
        *(("unused", word) for word in ("unused", "n/a", "")),
        *((word, word) for word in ("control", "1", "patient")),
    ],
)
def test_roles_are_read_in_usual_words(tmp_path: Path, role: str, word: str) -> None:
    (tmp_path / "s.tsv").write_text(f"participant_id\trole\tattacker_knows\nsub-001\t{word}\t1\n")
    read = read_roles(tmp_path / "s.tsv", COLUMNS)
    assert read.roles == (role,)
    assert bool(read.listed.notes) == (role != word)


@pytest.mark.parametrize("mark", ["1", "True", "TRUE", "yes", "Y", "1.0"])
@pytest.mark.parametrize("other", ["0", "False", "no", "0.0"])
def test_marks_are_read_in_usual_words(tmp_path: Path, mark: str, other: str) -> None:
    rows = f"sub-001\tmember\t{mark}\nsub-002\tmember\t{other}\nsub-003\tmember\tperhaps\nsub-004\tvalidation\tn/a\n"
    (tmp_path / "s.tsv").write_text(f"participant_id\trole\tattacker_knows\n{rows}")
    assert read_roles(tmp_path / "s.tsv", COLUMNS).knows == (True, False, "perhaps", False)


def test_columns_of_a_split_have_usual_names_too(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("Subject,Visit,set,known\nsub-001,1,train,yes\n")
    read = read_roles(tmp_path / "s.csv", COLUMNS)
    assert (read.listed.names, read.listed.sessions, read.roles, read.knows) == (
        ("sub-001",),
        ("1",),
        ("member",),
        (True,),
    )
    assert sum("is taken for" in note.what for note in read.listed.notes) == 4


def test_columns_that_are_not_there_are_named_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("Subject,group\nsub-001,train\n")
    with pytest.raises(DataError, match=r"has no column role, attacker_knows; expected .*it has Subject, group"):
        read_roles(tmp_path / "s.csv", COLUMNS)


def test_nobody_in_the_data_is_one_problem_and_a_few_are_named(tmp_path: Path) -> None:
    all_of_them = [f"x{number}" for number in range(60)]
    (problem,) = not_there(match_names(all_of_them, HAVE, where="in.txt"), all_of_them, tmp_path / "in.txt")
    assert str(problem) == "in.txt: none of the 60 people is in the data (x0, x1, x2, x3, x4 and 55 more)"
    names = ["sub-001", "x1"]
    (problem,) = not_there(match_names(names, HAVE, where="in.txt"), names, tmp_path / "in.txt")
    assert str(problem) == "in.txt: x1: is not in the data"
    names = ["sub-01"]
    (problem,) = not_there(match_names(names, ["sub-1", "sub-001"], where=""), names, tmp_path / "in.txt")
    assert "may be sub-001 or sub-1, which differs by case or leading zeros alone" in problem.what


def test_a_list_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('["sub-001", "sub-002_ses-1", 3]')
    roster = read_roster(tmp_path / "in.json", HAVE)
    assert (roster.names, roster.sessions) == (("sub-001", "sub-002", "3"), ("", "ses-1", ""))
    (tmp_path / "in.json").write_text('{"train": ["sub-001"]}')
    with pytest.raises(DataError, match=r"in\.json: is no list of names"):
        read_roster(tmp_path / "in.json", HAVE)


def test_a_private_file_that_is_no_list_is_not_echoed(tmp_path: Path) -> None:
    """At most five lines, none of them whole where it is long."""
    lines = [f"user{number}:{'secret:' * 20}{number}" for number in range(300)]
    (path := tmp_path / "passwd").write_text("\n".join(lines))
    names = read_roster(path, HAVE).names
    (problem,) = not_there(match_names(names, HAVE, where=path.name), names, path)
    assert str(problem).startswith("passwd: none of the 300 people is in the data (user0:")
    assert str(problem).endswith("… and 295 more)")
    assert str(problem).count("user") == 5
    assert str(problem).count("secret") <= 25
    some = ["sub-001", *names]
    (problem,) = not_there(match_names(some, HAVE, where=path.name), some, path)
    assert str(problem).startswith("passwd: 300 people are not in the data (user0:")
    assert str(problem).count("user") == 5


def test_a_list_in_json_that_is_nested_too_deep_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 100_000)
    with pytest.raises(DataError, match=r"a\.json: is nested too deep"):
        read_roster(tmp_path / "a.json", HAVE)


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
