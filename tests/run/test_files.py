"""What is written is its owner's alone and never half-written; a place that cannot be written is one message."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from remembrain.errors import RemembrainError, UsageError
from remembrain.run import (
    RunFolder,
    files,
    insist_on_file,
    insist_on_folder,
    open_private,
    private_folder,
    scratch_folder,
    write_array,
    write_text,
)


def test_a_folder_below_a_file_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "run", tmp_path / "file"):
        with pytest.raises(
            RemembrainError, match=f"^{path}: cannot be written: a file stands where a folder has to be"
        ):
            insist_on_folder(path)
        with pytest.raises(RemembrainError, match=f"^{path / 'x.txt'}: cannot be written: a file stands"):
            write_text(path / "x.txt", "")
    with pytest.raises(RemembrainError, match="cannot be written"):
        RunFolder.usable(tmp_path / "file" / "run")


def test_a_read_only_place_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    for insist in (insist_on_folder, RunFolder.usable):
        with pytest.raises(
            RemembrainError, match="cannot be written: not allowed\n  try: name another folder"
        ) as caught:
            insist(tmp_path / "new" / "run")
        assert caught.value.exit_code == 1
    with pytest.raises(RemembrainError, match=r"cannot be written: not allowed"):
        insist_on_file(tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_the_system_does_not_let_be_made_is_named(tmp_path: Path, monkeypatch) -> None:
    def nowhere(self: Path, *given: object, **more: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(self))

    monkeypatch.setattr(files.Path, "mkdir", nowhere)
    with pytest.raises(RemembrainError, match=r"a\.txt: cannot be written: its folder cannot be made"):
        write_text(tmp_path / "new" / "a.txt", "")


def test_a_file_that_was_read_and_is_missing_is_not_blamed_on_what_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), files.atomic_path(tmp_path / "out.txt"):
        (tmp_path / "elsewhere" / "input.txt").read_text()
    assert not list(tmp_path.iterdir())


def test_a_named_file_is_no_folder(tmp_path: Path) -> None:
    insist_on_file(tmp_path / "report.html")
    with pytest.raises(UsageError, match=f"^{tmp_path}: is a folder; expected a file"):
        insist_on_file(tmp_path)
    insist_on_file(tmp_path / "new" / "report.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_what_is_written_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_text(tmp_path / "runs" / "a" / "run.json", "{}")
        write_array(tmp_path / "runs" / "a" / "scores.npy", np.zeros(3))
        with open_private(tmp_path / "runs" / "log" / "log.txt", os.O_WRONLY | os.O_APPEND) as file:
            file.write(b"line")
        private_folder(tmp_path / "runs" / "b" / "c")
        write_text(tmp_path / "runs" / "report.html", "", public=True)
        write_text(tmp_path / "pages" / "page.html", "", public=True)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes.pop("report.html") == modes.pop("page.html") == 0o666 & ~umask
    assert modes.pop("pages") == 0o777 & ~umask
    assert modes == {name: 0o600 if "." in name else 0o700 for name in modes}
    assert {"runs", "a", "b", "c", "log", "run.json", "scores.npy", "log.txt"} == modes.keys()


def test_a_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    with files.atomic_path(tmp_path / "split.tsv") as partial:
        assert partial.stat().st_mode & 0o777 == 0o600
        partial.write_text("sub-01")
        assert partial.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_could_read_is_replaced_by_one_that_they_cannot(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "run.json").chmod(0o644)
    write_text(tmp_path / "run.json", "[]")
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "a.json").symlink_to(tmp_path / "mine.txt")
    write_text(tmp_path / "a.json", "{}")
    assert (tmp_path / "a.json").read_text() == "{}"
    assert not (tmp_path / "a.json").is_symlink()
    (tmp_path / "log.txt").symlink_to(tmp_path / "mine.txt")
    with pytest.raises(OSError, match="symbolic links"):
        open_private(tmp_path / "log.txt", os.O_WRONLY | os.O_APPEND)
    (tmp_path / "new.txt").symlink_to(tmp_path / "nowhere.txt")
    with pytest.raises(OSError, match="symbolic links"):
        open_private(tmp_path / "new.txt", os.O_WRONLY | os.O_APPEND)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert not (tmp_path / "nowhere.txt").exists()


def test_what_a_killed_process_left_is_removed_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom remembrain.run import atomic_path\n"
        "with atomic_path(Path(sys.argv[1])) as partial:\n    partial.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, tmp_path / "deep" / "a.npy"], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = (tmp_path / "deep").iterdir()
    assert left.read_text() == "half"
    assert left.stat().st_mode & 0o777 == 0o600
    for name in (".mine.part", "mine.part", "signal.npy.part"):
        (tmp_path / name).write_text("")
    with files.atomic_path(tmp_path / "b.npy") as partial:
        files.remove_leftovers(tmp_path)
        assert partial.is_file()
        assert not left.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".mine.part",
        "b.npy",
        "deep",
        "mine.part",
        "signal.npy.part",
    ]


def test_what_others_write_in_a_block_is_its_owner_s_alone_and_afterwards_as_before(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with pytest.raises(ZeroDivisionError), files.private_files():
            (tmp_path / "inside").touch()
            raise ZeroDivisionError
        (tmp_path / "after").touch()
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("inside", "after")] == [0o600, 0o644]


def test_what_is_for_the_moment_is_its_owner_s_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = tmp_path / f".remembrain-old.{files._HERE}-999999999.part"
    gone.mkdir()
    (gone / "input.csv").write_text("rows")
    (tmp_path / "somebody's").mkdir()
    with scratch_folder() as folder, scratch_folder() as other:
        assert folder != other
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.name for path in tmp_path.iterdir()} == {folder.name, other.name, "somebody's"}
        (folder / "input.csv").write_text("rows")
    with pytest.raises(RuntimeError), scratch_folder():
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["somebody's"]
