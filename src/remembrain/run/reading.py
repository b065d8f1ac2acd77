"""Files from anybody, read with one clear message where they are no file, too large, nested too deep, or not whole.

Nothing that a file says of itself is believed: how large it is, how deep it is, what its header promises.
"""

from __future__ import annotations

import codecs
import json
import stat
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from remembrain._text import shown
from remembrain.errors import DataError, RemembrainError
from remembrain.run.memory import in_words

DEEPEST = 100
"""How far lists and objects may lie within one another."""
MOST_JSON, MOST_TOML = 2**26, 2**22
"""Bytes of a file that is read as JSON, or as TOML."""
_MOST_PARTS, _MOST_DIGITS = 200, 100
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def insist_on_regular(path: Path, kind: type[RemembrainError] = DataError) -> int:
    """Return the size of a file; raise where it is none, so that nothing is read that never ends.

    Raises
    ------
    RemembrainError
        Of the kind, where it is not there, a folder, a named pipe or a device.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise kind("no such file", where=path) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise kind(f"cannot be read ({getattr(error, 'strerror', None) or error})", where=path) from None
    if stat.S_ISDIR(found.st_mode):
        raise kind("is a folder", where=path, expected="a file")
    if not stat.S_ISREG(found.st_mode):
        what = "a named pipe" if stat.S_ISFIFO(found.st_mode) else "a device or a socket"
        raise kind(f"is {what}", where=path, expected="a file")
    return found.st_size


def read_bytes(path: Path, most: int, kind: type[RemembrainError] = DataError) -> bytes:
    """Return what a file holds.

    Raises
    ------
    RemembrainError
        Of the kind, where it is no file, holds more than ``most`` bytes or cannot be read.
    """
    size = insist_on_regular(path, kind)
    if size > most:
        raise kind(f"is too large ({in_words(size)})", where=path, expected=f"at most {in_words(most)}")
    try:
        with path.open("rb") as file:
            return file.read(most)  # of /proc and its like, which say that they are empty, no more either
    except OSError as error:
        raise kind(f"cannot be read ({error.strerror})", where=path) from None


def read_json(path: Path, kind: type[RemembrainError] = DataError, *, try_next: str | None = None) -> Any:
    """Read JSON in UTF-8, UTF-16 or UTF-32, naming the file where it is missing or broken.

    Raises
    ------
    RemembrainError
        Of the kind; also for a key that stands twice in one object, and for what is nested too deep.
    """
    return parse_json(read_bytes(path, MOST_JSON, kind), path, kind, try_next=try_next)


def parse_json(
    content: str | bytes, where: str | Path, kind: type[RemembrainError] = DataError, *, try_next: str | None = None
) -> Any:
    """Return what JSON says; errors as of :func:`read_json`."""
    try:
        found = json.loads(content, object_pairs_hook=_once, parse_int=_whole)
    except ValueError as error:
        why = shown(str(error), 120)
        raise kind(f"not readable as JSON ({why})", where=where, try_next=try_next) from None
    except RecursionError:
        raise _too_deep(where, kind) from None
    return _shallow(found, where, kind)


def read_toml(path: Path, kind: type[RemembrainError] = DataError, *, missing: str | None = None) -> dict[str, Any]:
    """Read TOML, naming the file and the line where it is missing or broken.

    Parameters
    ----------
    path
        The file; it may begin with a mark of its encoding.
    kind
        Of the error.
    missing
        What to try where there is no such file.

    Raises
    ------
    RemembrainError
        Of the kind; also for what is nested too deep.
    """
    if missing and not path.exists():
        raise kind("no such file", where=path, try_next=missing)
    data = read_bytes(path, MOST_TOML, kind)
    try:
        text = data.decode(next((encoding for mark, encoding in _BOMS if data.startswith(mark)), "utf-8"))
        if any(_parts(line) > _MOST_PARTS for line in text.splitlines()):
            raise _too_deep(path, kind)
        found = tomllib.loads(text)
    except ValueError as error:  # of TOML, of UTF-8, and of numbers with thousands of digits
        raise kind(f"not readable as TOML ({shown(str(error), 120)})", where=path) from None
    except RecursionError:
        raise _too_deep(path, kind) from None
    return dict(_shallow(found, path, kind))


def read_array(path: Path, *, mapped: bool = False) -> np.ndarray:
    """Return the array of a ``.npy`` file, mapped into memory where it is wanted so.

    Raises
    ------
    DataError
        Where it is missing, is no such file, holds Python objects, or not as many numbers as its header says.
    """
    size = insist_on_regular(path)
    try:
        with path.open("rb") as file:
            shape, dtype = _header(file)
            there = size - file.tell()
        if dtype.hasobject:
            raise DataError("holds Python objects, which are not read", where=path, expected="numbers or texts")
        wanted = dtype.itemsize
        for side in shape:
            wanted *= int(side)
        if wanted != there:
            what = f"holds {in_words(there)} of numbers, and its header speaks of {in_words(wanted)}"
            raise DataError(what, where=path, expected="an array (.npy)")
        array: np.ndarray = np.load(path, mmap_mode="r" if mapped and wanted else None, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DataError(f"not readable as an array ({shown(str(error), 120)})", where=path) from None
    return array


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type of the numbers that follow."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys are each there once: of two, every reader would take another."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {twice!r} stands twice")
    return found


def _whole(digits: str) -> int:
    """Return a whole number that is no longer than any that somebody means."""
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits")
    return int(digits)


def _parts(line: str) -> int:
    """Return how many parts the key of a line has, at most: each is read again for every part behind it."""
    return line.partition("=")[0].count(".") + 1


def _shallow(content: Any, where: str | Path, kind: type[RemembrainError]) -> Any:
    """Return what was read unless it is nested so deep that whoever walks through it would not come back."""
    level = [content]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _within(one)]
        if not level:
            return content
    raise _too_deep(where, kind)


def _within(content: Any) -> Sequence[Any]:
    """Return what lies in a list or an object."""
    return list(content.values()) if isinstance(content, dict) else content if isinstance(content, list) else ()


def _too_deep(where: str | Path, kind: type[RemembrainError]) -> RemembrainError:
    """Say that something is nested too deep."""
    return kind("is nested too deep", where=where, expected=f"at most {DEEPEST} lists or objects within one another")
