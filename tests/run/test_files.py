"""A place that cannot be written is one message that names it, before or instead of anything half-written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remembrain.errors import RemembrainError, UsageError
from remembrain.run import RunFolder, files, insist_on_file, insist_on_folder, write_text


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
