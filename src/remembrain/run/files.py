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

from remembrain.errors import DataError, RemembrainError

_REASONS = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up", errno.EACCES: "not allowed"}


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
        if error.errno is None or isinstance(error, FileNotFoundError):
            raise
        reason = _REASONS.get(error.errno, os.strerror(error.errno))
        raise RemembrainError(
            f"cannot be written: {reason}", where=path, try_next="free some space or name another folder, then rerun"
        ) from error


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
