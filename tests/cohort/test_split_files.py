"""Splits as they are written and read, and whatever a written one can get wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import facts, one_value_each, people_of, split_of

from remembrain.cohort.split_files import is_by_lot, people_in, read_lists, read_split, scans_of, write_split
from remembrain.cohort.splits import make_split
from remembrain.errors import DataError, ProblemsError
from remembrain.types import ROLES, Scans

HEADING = "participant_id\tsession_id\trole\tattacker_knows"


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 2), st.integers(0, 1000))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, sessions: int, seed: int) -> None:
    scans = facts(60, sessions, seed)
    split = split_of(scans, seed)
    path = tmp_path_factory.mktemp("split") / "split.tsv"
    write_split(path, scans, split)
    again = read_split(path, scans)
    np.testing.assert_array_equal(again.role, split.role)
    np.testing.assert_array_equal(again.attacker_knows, split.attacker_knows)
    order = rng(seed).permutation(len(scans))
    np.testing.assert_array_equal(read_split(path, scans.take(order)).role, split.role[order])


def test_a_split_is_a_table_of_four_columns(tmp_path: Path) -> None:
    scans = facts(60)
    split = split_of(scans)
    write_split(tmp_path / "split.tsv", scans, split)
    lines = (tmp_path / "split.tsv").read_text().splitlines()
    assert lines[0] == HEADING
    assert len(lines) == 1 + len(split.used())
    place = split.used()[0]
    assert lines[1] == f"{scans.participant_id[place]}\tn/a\t{split.role[place]}\t{int(split.attacker_knows[place])}"


def test_a_split_is_by_lot_where_it_was_drawn_and_as_long_as_nobody_changes_it(tmp_path: Path) -> None:
    scans, path = facts(100), tmp_path / "split.tsv"
    split = split_of(scans)
    write_split(path, scans, split)
    assert not is_by_lot(path)  # brought, or of an earlier version
    write_split(path, scans, split, by_lot=True)
    assert is_by_lot(path)
    path.write_text(path.read_text().replace("\t0\n", "\t1\n", 1))
    assert not is_by_lot(path)
    write_split(path, scans, split)
    assert is_by_lot(path)  # it is the one that was drawn
    path.unlink()
    assert not is_by_lot(path)


def test_a_row_without_a_session_holds_for_all_scans_of_its_person(tmp_path: Path) -> None:
    scans = facts(60, 3)
    people = sorted(set(scans.participant_id.tolist()))
    rows = [f"{name}\t{ROLES[place % 2]}\t{place // 2 % 2}" for place, name in enumerate(people)]
    path = tmp_path / "split.tsv"
    path.write_text("\n".join(["participant_id\trole\tattacker_knows", *rows]))
    split = read_split(path, scans)
    assert len(split.used()) == 180
    assert one_value_each(scans, split.role)
    assert people_of(scans, split, "member") == set(people[::2])


def test_a_session_named_in_the_split_leaves_the_others_out(tmp_path: Path) -> None:
    scans = facts(60, 2)
    split = split_of(scans)
    write_split(tmp_path / "split.tsv", scans, split)
    lines = (tmp_path / "split.tsv").read_text().splitlines()
    (tmp_path / "split.tsv").write_text("\n".join(line for line in lines if "\tses-1\t" not in line))
    again = read_split(tmp_path / "split.tsv", scans)
    assert set(scans.session_id[again.used()].tolist()) == {"ses-0"}


def test_names_are_found_with_and_without_sub(tmp_path: Path) -> None:
    scans = facts(60)
    split = split_of(scans)
    path = tmp_path / "split.tsv"
    write_split(path, scans, split)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"sub-", b"").replace(b"\n", b"\r\n"))
    np.testing.assert_array_equal(read_split(path, scans).role, split.role)


def spoilt(tmp_path: Path, scans: Scans, change: Callable[[str], str]) -> Path:
    path = tmp_path / "split.tsv"
    write_split(path, scans, split_of(scans))
    path.write_text(change(path.read_text()))
    return path


def test_everything_wrong_with_a_split_is_said_at_once(tmp_path: Path) -> None:
    scans = facts(60, 2)
    more = [
        "sub-9999\tses-0\tmember\t0",
        "sub-9998\tn/a\tnonmember\t1",
        "sub-0003\tses-0\tteacher\t0",
        "sub-0004\tses-0\tmember\tmaybe",
        "sub-0005\tses-0\tmember\t1",
        "sub-0005\tses-1\tnonmember\t0",
    ]
    path = tmp_path / "split.tsv"
    path.write_text("\n".join([HEADING, *more]))
    with pytest.raises(ProblemsError) as raised:
        read_split(path, scans)
    assert [str(problem) for problem in raised.value.problems] == [
        "split.tsv: sub-9999: is not in the data",
        "split.tsv: sub-9998: is not in the data",
        "split.tsv: sub-0003: role 'teacher', expected member, nonmember, validation, population, canary",
        "split.tsv: sub-0004: attacker_knows 'maybe', expected 0 or 1",
        "split.tsv: sub-0005: is member and nonmember at once, and a person can have one role",
        "split.tsv: sub-0005: the attacker knows one session and not another of the same person",
    ]
    assert str(raised.value).startswith(f"{path}: 6 problems")


def test_one_person_under_two_spellings_is_one_person(tmp_path: Path) -> None:
    path = tmp_path / "split.tsv"
    path.write_text(f"{HEADING}\nsub-0001\tses-0\tmember\t0\n0001\tses-1\tnonmember\t0\n")
    with pytest.raises(ProblemsError, match=r"sub-0001: is member and nonmember at once"):
        read_split(path, facts(60, 2))


def test_a_session_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = spoilt(tmp_path, facts(60, 2), lambda text: text.replace("\tses-1\t", "\tses-7\t", 1))
    with pytest.raises(ProblemsError, match=r"sub-\d+ ses-7: no such session in the data"):
        read_split(path, facts(60, 2))


def test_an_attacker_knows_both_sessions_of_a_person_or_none(tmp_path: Path) -> None:
    path = spoilt(tmp_path, facts(60, 2), lambda text: text.replace("\tmember\t1", "\tmember\t0", 1))
    with pytest.raises(ProblemsError, match="knows one session and not another of the same person"):
        read_split(path, facts(60, 2))


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    path = spoilt(tmp_path, facts(60), lambda text: text.replace("\trole\t", "\tgroup\t", 1))
    with pytest.raises(DataError, match=r"split\.tsv: has no column role; expected participant_id, session_id, role"):
        read_split(path, facts(60))


def test_a_written_split_of_too_few_people_is_refused(tmp_path: Path) -> None:
    path = spoilt(tmp_path, facts(60), lambda text: text.replace("\tmember\t", "\tvalidation\t"))
    with pytest.raises(DataError, match=r"split\.tsv: 0 members"):
        read_split(path, facts(60))


# Two plain lists


def lists(folder: Path, members: list[str], nonmembers: list[str]) -> tuple[Path, Path]:
    (folder / "in.txt").write_text("\n".join(members))
    (folder / "out.txt").write_text("\n".join(nonmembers))
    return folder / "in.txt", folder / "out.txt"


def names(first: int, last: int) -> list[str]:
    return [f"sub-{place:04d}" for place in range(first, last)]


def test_two_plain_lists_make_a_split(tmp_path: Path) -> None:
    scans = facts(100, 2)
    split = read_lists(*lists(tmp_path, names(0, 40), names(40, 70)), scans, rng())
    assert people_of(scans, split, "member") == set(names(0, 40))
    assert people_of(scans, split, "nonmember") == set(names(40, 70))
    assert people_of(scans, split, "unused") == set(names(70, 100))
    assert one_value_each(scans, split.attacker_knows)
    assert len(set(scans.participant_id[split.attacker_knows].tolist())) == 30


def test_lists_may_have_headings_blanks_repeats_and_windows_line_ends(tmp_path: Path) -> None:
    scans = facts(60)
    tidy = read_lists(*lists(tmp_path, names(0, 30), names(30, 60)), scans, rng())
    (tmp_path / "in.txt").write_bytes(
        b"\xef\xbb\xbfparticipant_id\r\n" + "".join(f" {name[4:]} \r\n\r\n" for name in names(0, 30)).encode()
    )
    (tmp_path / "out.txt").write_text("\n".join(f"{name}\tF" for name in names(30, 60) * 2))
    untidy = read_lists(tmp_path / "in.txt", tmp_path / "out.txt", scans, rng())
    np.testing.assert_array_equal(tidy.role, untidy.role)
    np.testing.assert_array_equal(tidy.attacker_knows, untidy.attacker_knows)


def test_people_in_both_lists_or_in_no_data_are_all_named(tmp_path: Path) -> None:
    both = lists(tmp_path, [*names(0, 30), "0031", "nobody"], [*names(30, 60), "sub-0001"])
    with pytest.raises(ProblemsError) as raised:
        read_lists(*both, facts(60), rng())
    assert [str(problem) for problem in raised.value.problems] == [
        "in.txt: nobody: is not in the data",
        "in.txt and out.txt: sub-0001: stands in both lists",
        "in.txt and out.txt: sub-0031: stands in both lists",
    ]


def test_lists_that_are_missing_short_or_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"in\.txt: no such file"):
        read_lists(tmp_path / "in.txt", tmp_path / "out.txt", facts(60), rng())
    with pytest.raises(DataError, match=r"in\.txt: 19 members"):
        read_lists(*lists(tmp_path, names(0, 19), names(19, 60)), facts(60), rng())
    (tmp_path / "out.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"out\.txt: begins as utf-16, and byte 2 is none"):
        read_lists(tmp_path / "in.txt", tmp_path / "out.txt", facts(60), rng())


# As people keep them


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("", "{:d}"),
        ("subject_id,age\n", "sub-{:04d},61"),
        ("ID;Age\n", "{:04d};61,5"),
        ("participant_id\tsession_id\n", "sub-{:04d}\tn/a"),
        ("Names\n", "SUB-{:04d}"),
    ],
)
def test_lists_of_any_form_make_the_same_split(tmp_path: Path, heading: str, row: str) -> None:
    scans = facts(60)
    tidy = read_lists(*lists(tmp_path, names(0, 30), names(30, 60)), scans, rng())
    for name, numbers in (("in.csv", range(30)), ("out.csv", range(30, 60))):
        (tmp_path / name).write_text(heading + "\n".join(row.format(number) for number in numbers))
    split = read_lists(tmp_path / "in.csv", tmp_path / "out.csv", scans, rng())
    np.testing.assert_array_equal(split.role, tidy.role)
    assert not any(note.fatal for note in split.notes)
    assert tidy.notes == ()


def test_zeros_that_are_lost_are_one_note_and_not_an_error_each(tmp_path: Path) -> None:
    both = lists(tmp_path, [f"sub-{number}" for number in range(30)], [f"sub-{number}" for number in range(30, 60)])
    (note,) = read_lists(*both, facts(60), rng()).notes
    assert note.what.startswith("60 names differ from the data's only by leading zeros or case")


def test_two_spellings_of_one_person_in_two_lists_stop(tmp_path: Path) -> None:
    for other in ("1", "sub-1", "SUB-0001"):
        both = lists(tmp_path, names(0, 30), [*names(30, 60), other])
        with pytest.raises(
            ProblemsError, match=r"out\.txt: .*1: is not in the data, and may be sub-0001|sub-0001: stands"
        ):
            read_lists(*both, facts(60), rng())


def test_nobody_of_a_list_in_the_data_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        read_lists(*lists(tmp_path, [f"anna{number}" for number in range(40)], names(30, 60)), facts(60), rng())
    assert len(raised.value.problems) == 1
    assert "none of the 40 people is in the data" in str(raised.value)


def test_sessions_in_lists_leave_the_others_out(tmp_path: Path) -> None:
    scans = facts(60, 2)
    (tmp_path / "in.tsv").write_text("subject\tsession\n" + "".join(f"{name}\t0\n" for name in names(0, 30)))
    (tmp_path / "out.tsv").write_text("\n".join(f"{name}_ses-1" for name in names(30, 60)))
    split = read_lists(tmp_path / "in.tsv", tmp_path / "out.tsv", scans, rng())
    assert set(scans.session_id[split.role == "member"].tolist()) == {"ses-0"}
    assert set(scans.session_id[split.role == "nonmember"].tolist()) == {"ses-1"}
    (tmp_path / "out.tsv").write_text("\n".join(f"{name}_ses-1" for name in names(29, 60)))
    with pytest.raises(ProblemsError, match="sub-0029: stands in both lists"):
        read_lists(tmp_path / "in.tsv", tmp_path / "out.tsv", scans, rng())
    (tmp_path / "out.tsv").write_text("\n".join(f"{name}_ses-7" for name in names(30, 60)))
    with pytest.raises(ProblemsError, match="sub-0030 ses-7: no such session in the data"):
        read_lists(tmp_path / "in.tsv", tmp_path / "out.tsv", scans, rng())


def test_a_split_in_usual_words_is_read_and_told(tmp_path: Path) -> None:
    scans = facts(60)
    split = split_of(scans)
    write_split(tmp_path / "split.tsv", scans, split)
    text = (tmp_path / "split.tsv").read_text()
    for ours, theirs in (("\tmember\t", "\ttrain\t"), ("\tnonmember\t", "\tNon-Member\t"), ("validation", "val")):
        text = text.replace(ours, theirs)
    text = text.replace("\t1\n", "\tTRUE\n").replace("\t0\n", "\tno\n").replace("\t", ",")
    (tmp_path / "words.csv").write_text(text)
    again = read_split(tmp_path / "words.csv", scans)
    np.testing.assert_array_equal(again.role, split.role)
    np.testing.assert_array_equal(again.attacker_knows, split.attacker_knows)
    assert any("train as member" in note.what for note in again.notes)
    assert read_split(tmp_path / "split.tsv", scans).notes == ()


def test_people_who_were_left_out_need_no_scans(tmp_path: Path) -> None:
    scans = facts(60)
    there = scans.take(scans.participant_id != "sub-0003")
    path = tmp_path / "split.tsv"
    write_split(path, scans, make_split(scans, rng(), {"member": 30, "nonmember": 30}))
    with pytest.raises(ProblemsError, match="sub-0003: is not in the data"):
        read_split(path, there)
    assert len(read_split(path, there, ["sub-0003"]).used()) == 59
    assert people_in(path, [*names(0, 60)]) == set(names(0, 60))


def test_what_tells_images_of_a_session_apart_names_the_only_scan() -> None:
    scans = Scans(
        *(
            np.array(some)
            for some in (["sub-1", "sub-2", "sub-2"], ["", "ses-1", "ses-2"], [1.0, 2, 3], *[["n/a"] * 3] * 2)
        )
    )
    assert scans_of(scans, "sub-1", "run-1").tolist() == [0]
    assert scans_of(scans, "sub-1", "ses-1").tolist() == []
    assert scans_of(scans, "sub-2", "acq-mprage").tolist() == []
