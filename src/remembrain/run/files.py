"""Files that are there whole or not at all, read and written with one clear message where that cannot be."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from remembrain.errors import DataError, RemembrainError, UsageError

_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up"}
_REASONS = {
    **_FULL,
    errno.EACCES: "not allowed",
    errno.EPERM: "not allowed",
    errno.EROFS: "it can only be read there",
    errno.EEXIST: "a file stands where a folder has to be",
    errno.ENOTDIR: "a file stands where a folder has to be",
    errno.EISDIR: "a folder stands there",
    errno.ENOENT: "its folder cannot be made",
}


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its place when the block ends well, and goes when it does not.

    Raises
    ------
    RemembrainError
        Where the disk is full or the folder cannot be written, naming the file.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    with clear_disk_errors(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


@contextmanager
def clear_disk_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system says of a file that cannot be written into one clear message."""
    try:
        yield
    except OSError as error:
        if error.errno is None or (isinstance(error, FileNotFoundError) and not _is_about(error, path)):
            raise
        raise _cannot_be_written(path, error.errno) from error


def _is_about(error: OSError, path: Path) -> bool:
    """Tell whether what is missing is what was to be written or its folder, and not something that was read."""
    missing = Path(os.fsdecode(error.filename)) if error.filename else None
    return missing is not None and (missing in (path, *path.parents) or missing.parent == path.parent)


def _cannot_be_written(path: Path, number: int) -> RemembrainError:
    """Say why a place cannot be written."""
    room = "free some space or " if number in _FULL else ""
    return RemembrainError(
        f"cannot be written: {_REASONS.get(number, os.strerror(number))}",
        where=path,
        try_next=f"{room}name another folder, then rerun",
    )


def insist_on_folder(path: Path) -> None:
    """Raise where a folder could not be made or written; nothing is made.

    Raises
    ------
    RemembrainError
        Naming the folder, before any work is done for it.
    """
    nearest = next(place for place in (path.absolute(), *path.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise _cannot_be_written(path, errno.ENOTDIR)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _cannot_be_written(path, errno.EACCES)


def insist_on_file(path: Path) -> None:
    """Raise where a file that the user names could not be written; nothing is written.

    Raises
    ------
    UsageError
        Where it is a folder.
    RemembrainError
        Where its folder cannot be made or written.
    """
    if path.is_dir():
        raise UsageError("is a folder", where=path, expected=f"a file, such as {path / 'report.html'}")
    insist_on_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_array(path: Path, array: np.ndarray) -> None:
    """Write one array as ``.npy`` whole or not at all; not by NumPy, which does not tell that a disk is full."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    with atomic_path(path) as partial:
        partial.write_bytes(content.getbuffer())


def write_json(path: Path, content: object) -> None:
    """Write JSON (no NaN or infinity: what is unknown is ``null``) whole or not at all."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON, naming the file where it is missing or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("no such file", where=path) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"not readable as JSON ({error})", where=path) from error


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
