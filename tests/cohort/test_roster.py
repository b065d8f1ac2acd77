"""Lists of people as they are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_lists import HAVE, THREE

from remembrain.cohort.roster import not_there, read_roles, read_roster
from remembrain.cohort.same_names import match_names
from remembrain.cohort.split_files import COLUMNS
from remembrain.errors import DataError


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
