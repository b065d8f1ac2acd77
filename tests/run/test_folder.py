"""The run folder: whole files or none, one message when the disk takes no more, what names people kept apart."""

from __future__ import annotations

import errno
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from private_files import open_to_others
from remembrain.errors import DataError, EvidenceAboveLimit, Problem, ProblemsError, RemembrainError, UsageError
from remembrain.run import SCHEMA, RunFolder, atomic_path, files, read_json, sha256, write_json, write_text


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "first")
    with pytest.raises(ZeroDivisionError), atomic_path(tmp_path / "a") as partial:
        partial.write_text("half")
        assert (tmp_path / "a").read_text() == "first"
        1 / 0  # noqa: B018
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "first"


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "quota"), (errno.EACCES, "not allowed")]
)
def test_a_disk_that_takes_no_more_is_one_message(tmp_path: Path, number: int, reason: str) -> None:
    with pytest.raises(RemembrainError, match=reason) as caught, atomic_path(tmp_path / "a") as partial:
        partial.write_text("half")
        raise OSError(number, os.strerror(number))
    assert caught.value.exit_code == 1
    assert str(tmp_path / "a") in str(caught.value)
    assert "then rerun" in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this machine")
def test_a_device_that_is_full_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(RemembrainError, match="the disk is full"), atomic_path(tmp_path / "a") as partial:
        partial.unlink()
        partial.symlink_to("/dev/full")
        partial.write_text("no room")
    assert not list(tmp_path.iterdir())


def test_what_is_unknown_is_null_and_never_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"value": math.nan})
    assert not list(tmp_path.iterdir())
    write_json(tmp_path / "a.json", {"value": None})
    assert read_json(tmp_path / "a.json") == {"value": None}


def test_broken_json_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(DataError, match=r"a.json: not readable as JSON"):
        read_json(tmp_path / "a.json")
    with pytest.raises(DataError, match=r"b.json: no such file"):
        read_json(tmp_path / "b.json")


def test_what_names_people_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {"seed": 1})
    assert run.restricted.stat().st_mode & 0o777 == 0o700
    assert json.loads((run.path / "run.json").read_text()) == {"schema": SCHEMA, "seed": 1}
    assert {run.split.parent, run.scores.parent, run.signals.parent} == {run.restricted}


def test_a_folder_that_is_no_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(DataError, match=r"holds files but no run.json; expected an empty or new folder"):
        RunFolder.create(tmp_path, {})
    with pytest.raises(DataError, match="is a file"):
        RunFolder.create(tmp_path / "thesis.txt", {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_run_of_another_version_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"schema": 2}')
    for use in (RunFolder.open, RunFolder.usable, lambda path: RunFolder.create(path, {})):
        with pytest.raises(DataError, match=rf"run of another|run folder of schema 2; expected schema {SCHEMA}"):
            use(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("text", ["[]", "1", "null", "{}", '{"schema": "1"}'])
def test_a_run_json_that_is_no_record_of_a_run_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(DataError, match=rf"run.json: is a run folder of schema (None|1); expected schema {SCHEMA}"):
        RunFolder.open(tmp_path)


def test_the_disk_may_fill_up_at_any_step_and_what_was_there_stays(tmp_path: Path, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_json(tmp_path / "a.json", [1])
    for owner, step in ((os, "fsync"), (Path, "replace"), (Path, "write_text")):
        with monkeypatch.context() as changed:
            changed.setattr(owner, step, full)
            with pytest.raises(RemembrainError, match=r"a\.json: cannot be written: the disk is full"):
                write_json(tmp_path / "a.json", [2])
        assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
        assert read_json(tmp_path / "a.json") == [1]


def test_a_file_where_a_folder_should_be_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "a.json", tmp_path / "file" / "deep" / "a.json"):
        with pytest.raises(RemembrainError, match=r"a\.json: cannot be written"):
            write_json(path, [])


def test_a_restricted_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    run.restricted.chmod(0o755)
    RunFolder.create(tmp_path / "run", {"seed": 2})
    assert run.restricted.stat().st_mode & 0o777 == 0o700
    assert run.facts() == {"schema": SCHEMA, "seed": 2}


def test_looking_whether_a_folder_can_be_used_writes_nothing(tmp_path: Path) -> None:
    assert RunFolder.usable(tmp_path / "new").path == tmp_path / "new"
    assert not (tmp_path / "new").exists()


def test_a_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_every_error_has_its_exit_code_and_says_what_where_and_what_next() -> None:
    codes = {RemembrainError: 1, UsageError: 2, DataError: 3, ProblemsError: 3, EvidenceAboveLimit: 4}
    assert {error: error.exit_code for error in codes} == codes
    assert all(issubclass(error, RemembrainError) for error in codes)
    text = str(DataError("is empty", where="scan.nii", expected="a volume", try_next="remembrain check DATA"))
    assert text == "scan.nii: is empty; expected a volume\n  try: remembrain check DATA"
    listed = str(ProblemsError([Problem("a", "is empty"), Problem("b", "has age -1")], where="people"))
    assert "a: is empty" in listed
    assert "b: has age -1" in listed


@pytest.mark.parametrize(
    ("mark", "kind", "said"),
    [("target", "model", "a model"), ("release", "survey", "published tables"), ("grid.json", "defences", "compared")],
)
def test_a_run_of_another_kind_is_not_written_over(tmp_path: Path, mark: str, kind: str, said: str) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    for other in ("model", "survey", "defences"):
        assert run.insist_on(other) is run  # nothing is there yet
    (run.path / mark).mkdir()
    for other in ("model", "survey", "defences"):
        if other == kind:
            assert run.insist_on(other) is run
            continue
        with pytest.raises(DataError, match=f"is a run of .*{said}"):
            run.insist_on(other)


def test_what_an_earlier_version_left_open_is_closed_and_the_users_own_folder_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    run = RunFolder.create(tmp_path, {})
    for name in ("target", "rounds/001"):
        (run.path / name).mkdir(parents=True)
    for name in (
        "target/model.safetensors",
        "rounds/001/learner-1.safetensors",
        "log.txt",
        "evidence.json",
        "report.html",
    ):
        (run.path / name).write_text("")
    with run.alone():
        pass
    assert open_to_others(tmp_path) == [". 755"]


def test_a_folder_that_is_a_link_out_of_the_run_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    (tmp_path / "home").mkdir()
    (run.restricted / "signals").symlink_to(tmp_path / "home")
    for use in (RunFolder.open, RunFolder.usable):
        with pytest.raises(DataError, match=r"signals: is a link to a folder outside of the run \(.*home\)"):
            use(run.path)
    (run.restricted / "signals").unlink()
    (run.path / "target").symlink_to(run.restricted)  # within: nothing leaves
    (run.path / "copy.json").symlink_to(tmp_path / "a.json")  # a file is read, and replaced when it is written
    assert RunFolder.open(run.path) == run


def test_a_log_or_a_lock_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    (tmp_path / "profile").write_text("mine")
    (run.path / "log.txt").symlink_to(tmp_path / "profile")
    with pytest.raises(RemembrainError, match="nothing is written through a link"):
        run.log("line")
    (run.restricted / ".lock").symlink_to(tmp_path / "lock")
    with pytest.raises(RemembrainError, match="nothing is written through a link"), run.alone():
        pass
    assert (tmp_path / "profile").read_text() == "mine"
    assert not (tmp_path / "lock").exists()


def test_a_run_goes_on_where_a_killed_one_left_half_a_file(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    ).stdout
    half = tmp_path / f".run.json.{files._HERE}-{int(gone)}.part"
    half.write_text("{")
    run = RunFolder.create(tmp_path, {})
    with run.alone():
        assert not half.exists()


def test_a_log_stays_one_line_a_text(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    run.log("trained by a\nsite\u202e")
    assert (run.path / "log.txt").read_text().endswith("  trained by a<U+000A>site<U+202E>\n")
