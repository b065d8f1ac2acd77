"""Files that are there whole or not at all, and that nobody but their owner can read, whatever the umask.

Every file that this program writes is written here, and every folder made: 0600 and 0700. What may leave the building
is written as ``public`` and follows the umask. Nothing is written through a link.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from remembrain.errors import RemembrainError, UsageError

FILE, FOLDER = 0o600, 0o700
"""Who can read what is written: its owner."""

_HERE = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
"""Which machine a process is of, where several write into one folder."""
_SCRATCH = ".remembrain-"
_PARTIAL = re.compile(rf"\..+\.{_HERE}-([0-9]+)\.part")
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
    errno.ELOOP: "a link stands there, and nothing is written through a link",
}


@contextmanager
def atomic_path(path: Path, *, public: bool = False) -> Iterator[Path]:
    """Yield a temporary file beside ``path`` that takes its place when the block ends well, and goes when it does not.

    Parameters
    ----------
    path
        The file. A link that stands there is replaced, not followed.
    public
        Whether it may be read by whom the umask lets; else by its owner alone.

    Raises
    ------
    RemembrainError
        Where the disk is full or the folder cannot be written, naming the file.
    """
    partial = path.with_name(f".{path.name}.{_HERE}-{os.getpid()}.part")
    with clear_disk_errors(path):
        try:
            if public:
                path.parent.mkdir(parents=True, exist_ok=True)
            else:
                private_folder(path.parent)
            partial.unlink(missing_ok=True)  # of an earlier process of this number
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if public else FILE))
            yield partial
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it, for their owner alone; one that is there stays as it is."""
    for place in reversed([folder, *folder.parents]):
        if not place.is_dir():
            try:
                place.mkdir(FOLDER)
            except FileExistsError:  # by another process, in between
                if not place.is_dir():
                    raise


@contextmanager
def private_files() -> Iterator[None]:
    """Let nothing that is written in the block be for anybody else on this machine."""
    before = os.umask(0o777 - FOLDER)
    try:
        yield
    finally:
        os.umask(before)


def open_private(path: Path, flags: int) -> io.FileIO:
    """Open a file that grows, made for its owner alone where it is not there.

    Parameters
    ----------
    path
        The file; its folder is made.
    flags
        Of :func:`os.open`, such as ``os.O_RDWR`` or ``os.O_WRONLY | os.O_APPEND``.

    Raises
    ------
    OSError
        Where it cannot be written, or is a link.
    """
    private_folder(path.parent)
    number = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE)
    return io.FileIO(number, "r+" if flags & os.O_RDWR else "a" if flags & os.O_APPEND else "w")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a folder of its owner's alone, which goes when the block ends, as do those of processes that were killed.

    It lies where the system keeps what is for the moment (``TMPDIR``).

    Raises
    ------
    RemembrainError
        Where none can be made.
    """
    room = Path(tempfile.gettempdir())
    for old in room.glob(f"{_SCRATCH}*.part"):
        if is_leftover(old):  # of ours: nobody else's can be removed
            shutil.rmtree(old, ignore_errors=True)
    with clear_disk_errors(room):
        folder = Path(tempfile.mkdtemp(f".{_HERE}-{os.getpid()}.part", _SCRATCH, room))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that processes of this machine left, which were killed while they wrote."""
    for path in folder.rglob(".*.part"):
        if is_leftover(path):
            with suppress(OSError):
                path.unlink()


def is_leftover(path: Path) -> bool:
    """Tell whether this is a temporary file of a process of this machine that is no more."""
    match = _PARTIAL.fullmatch(path.name)
    return match is not None and not _is_running(int(match[1]))


def _is_running(process: int) -> bool:
    """Tell whether a process of this number is at work; one of somebody else's is, a zombie is not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    with suppress(OSError, IndexError):
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return True


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


def write_text(path: Path, text: str, *, public: bool = False) -> None:
    """Write a text file whole or not at all."""
    with atomic_path(path, public=public) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_array(path: Path, array: np.ndarray) -> None:
    """Write one array as ``.npy`` whole or not at all; not by NumPy, which does not tell that a disk is full."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    with atomic_path(path) as partial:
        partial.write_bytes(content.getbuffer())


def write_json(path: Path, content: object, *, public: bool = False) -> None:
    """Write JSON (no NaN or infinity: what is unknown is ``null``; ASCII alone) whole or not at all."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n", public=public)


def holds(path: Path, text: str) -> bool:
    """Tell whether a file is there and says this and nothing else."""
    return path.is_file() and path.read_bytes() == text.encode()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
