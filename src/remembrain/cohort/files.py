"""What a file is before it is opened as a scan: there, whole, and not a pointer to content that lies elsewhere.

Knows nothing of voxels. In every message, what stands in brackets is detail: it is left out where problems are counted.
"""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

from remembrain.errors import DataError

_GZIP = b"\x1f\x8b"
_NIFTI = tuple(size.to_bytes(4, order) for size in (348, 540) for order in ("little", "big"))
_POINTER = 1024
_ANNEX = "annex/objects/"


def nameless(what: str) -> str:
    """Return a message without its details, so that the same of several scans is counted together."""
    return what.partition(" (")[0]


def is_named(path: Path) -> bool:
    """Tell whether something has this name; a link to content that is not here does, and is not passed over."""
    return path.exists() or path.is_symlink()


def insist_on_presence(path: Path) -> None:
    """Raise where a path only points to content that lies elsewhere, saying how to get it.

    Raises
    ------
    DataError
        For a link to nowhere, and for a pointer of git-annex, DataLad or Git LFS.
    """
    if path.is_symlink() and not path.exists():
        target = str(path.readlink())
        if _ANNEX in target:
            raise DataError(_elsewhere("datalad get", path), where=path)
        raise DataError(f"is a link to a file that is not there ({target})", where=path)
    if not path.is_file() or path.stat().st_size > _POINTER:
        return
    begin = path.read_bytes()
    if begin.startswith(b"version https://git-lfs"):
        raise DataError(_elsewhere("git lfs pull --include", path), where=path)
    if begin.startswith(b"/annex/") or (f".git/{_ANNEX}".encode() in begin and len(begin.splitlines()) == 1):
        raise DataError(_elsewhere("datalad get", path), where=path)


def insist_on_content(path: Path) -> None:
    """Raise where a path holds nothing that could be a scan.

    Raises
    ------
    DataError
        For what only points elsewhere, is not a file, cannot be read, is empty, or is packed otherwise than named.
    """
    try:
        insist_on_presence(path)
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError("is not a file", where=path)
        with path.open("rb") as file:
            begin = file.read(4)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=path) from None
    if not begin:
        raise DataError("is empty", where=path)
    if begin[:2] == _GZIP and path.suffix != ".gz":
        raise DataError("is compressed, and its name does not say so (rename it to end in .nii.gz)", where=path)
    if begin[:2] != _GZIP and path.suffix == ".gz":
        if begin not in _NIFTI:
            raise DataError("is neither a compressed file nor a NIfTI file (get or copy it again)", where=path)
        raise DataError("is not compressed (rename it to end in .nii)", where=path)


def _elsewhere(command: str, path: Path) -> str:
    """Return that a file is a mere pointer, and how to get its content."""
    return f"is not here, only a pointer to it (get it with: {command} {path})"


def unpacked_size(path: Path, most: int) -> tuple[int, bool]:
    """Return how many bytes a file holds, and whether something stands behind them that belongs to no archive.

    A compressed file is read to its end, where its checksum stands.

    Raises
    ------
    OSError, EOFError, zlib.error
        Where a compressed file is damaged or ends too early.
    DataError
        Where it unpacks to more than ``most`` bytes.
    """
    if path.suffix != ".gz":
        return path.stat().st_size, False
    total = 0
    with gzip.open(path) as file:
        try:
            while piece := file.read1(1 << 20):
                total += len(piece)
                if total > most:
                    raise DataError("unpacks to far more than its header speaks of (a file made to fill a disk?)")
        except gzip.BadGzipFile as error:
            if not total or not str(error).startswith("Not a gzipped file"):
                raise
            return total, True
    return total, False
