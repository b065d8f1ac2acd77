"""What a file is before it is opened as a scan: there, whole, and not a pointer to content that lies elsewhere.

Knows nothing of voxels. In every message, what stands in brackets is detail: it is left out where problems are counted.
"""

from __future__ import annotations

import gzip
import stat
from pathlib import Path

from remembrain.errors import DataError

_GZIP = b"\x1f\x8b"
_POINTER = 1024
_ANNEX = "annex/objects/"


def nameless(what: str) -> str:
    """Return a message without its details, so that the same of several scans is counted together."""
    return what.partition(" (")[0]


def insist_on_content(path: Path) -> None:
    """Raise where a path holds nothing that could be read, saying how to get what it points to.

    Raises
    ------
    DataError
        For a link to nowhere, a pointer of git-annex, DataLad or Git LFS, what is not a file, and an empty file.
    """
    if path.is_symlink() and not path.exists():
        target = str(path.readlink())
        if _ANNEX in target:
            raise DataError(_elsewhere("datalad get", path), where=path)
        raise DataError(f"is a link to a file that is not there ({target})", where=path)
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise DataError("is not a file", where=path)
        with path.open("rb") as file:
            begin = file.read(_POINTER if facts.st_size < _POINTER else len(_GZIP))
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=path) from None
    if not begin:
        raise DataError("is empty", where=path)
    if begin.startswith(b"version https://git-lfs"):
        raise DataError(_elsewhere("git lfs pull --include", path), where=path)
    if begin.startswith(b"/annex/") or (len(begin) < _POINTER and _ANNEX.encode() in begin):
        raise DataError(_elsewhere("datalad get", path), where=path)
    if begin.startswith(_GZIP) != (path.suffix == ".gz"):
        packed = "is compressed, and its name does not say so" if path.suffix != ".gz" else "is not compressed"
        raise DataError(f"{packed} (rename it to end in {'.nii.gz' if path.suffix != '.gz' else '.nii'})", where=path)


def _elsewhere(command: str, path: Path) -> str:
    """Return that a file is a mere pointer, and how to get its content."""
    return f"is not here, only a pointer to it (get it with: {command} {path})"


def unpacked_size(path: Path) -> tuple[int, bool]:
    """Return how many bytes a file holds, and whether something stands behind them that belongs to no archive.

    A compressed file is read to its end, where its checksum stands.

    Raises
    ------
    OSError, EOFError, zlib.error
        Where a compressed file is damaged or ends too early.
    """
    if path.suffix != ".gz":
        return path.stat().st_size, False
    total = 0
    with gzip.open(path) as file:
        try:
            while piece := file.read1(1 << 20):
                total += len(piece)
        except gzip.BadGzipFile as error:
            if not total or not str(error).startswith("Not a gzipped file"):
                raise
            return total, True
    return total, False
