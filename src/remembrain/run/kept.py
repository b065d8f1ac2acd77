"""What is kept for a rerun, and found again only under a key that names everything it depends on.

A key is a set of named ingredients, each a hash of its own, so that it can be said *what* changed. This module must not
know what is kept.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from remembrain.errors import DataError
from remembrain.run.files import sha256, write_array, write_json
from remembrain.run.reading import read_array, read_json
from remembrain.run.streams import SCHEME

LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")


@dataclass(frozen=True)
class Key:
    """Everything that something depends on: a hash of each ingredient, by name."""

    parts: Mapping[str, str]

    @classmethod
    def of(cls, **ingredients: object) -> Key:
        """Return the key of these ingredients, and of the scheme by which random streams are drawn.

        Parameters
        ----------
        ingredients
            Text, numbers, arrays, paths (whose file's content counts), other keys, ``None``, and mappings and sequences
            of these.

        Raises
        ------
        TypeError
            For anything else: a thing whose content is not known is never found again by it.
        """
        return cls({"streams": SCHEME}).also(**ingredients)

    def also(self, **ingredients: object) -> Key:
        """Return this key with further ingredients.

        Raises
        ------
        ValueError
            Where one of this name is there.
        """
        if twice := sorted(self.parts.keys() & ingredients.keys()):
            raise ValueError(f"{twice[0]} is an ingredient already")
        return Key({**self.parts, **{name: hash_of(value) for name, value in ingredients.items()}})

    @property
    def digest(self) -> str:
        """One hash of all of them, which fits into the name of a file."""
        return hash_of(self.parts)[:32]

    def differing(self, other: Mapping[str, str]) -> list[str]:
        """Return the names of the ingredients that are not the same in another key."""
        names = sorted(self.parts.keys() | other.keys())
        return [name.replace("_", " ") for name in names if self.parts.get(name) != other.get(name)]


def keep(folder: Path, key: Key, compute: Callable[[], Any]) -> Any:
    """Return what was kept under this key as JSON, or compute and keep it."""
    path = folder / f"{key.digest}.json"
    if not path.is_file():
        write_json(path, compute())
    return read_json(path)


def keep_array(folder: Path, key: Key, compute: Callable[[], np.ndarray]) -> np.ndarray:
    """Return the array that was kept under this key, or compute and keep it."""
    path = folder / f"{key.digest}.npy"
    if not path.is_file():
        write_array(path, compute())
    return read_array(path)


def identity_of(thing: object) -> list[str]:
    """Return what a thing is: its kind, settings and, of a class of somebody else's, the code."""
    kind = type(thing)
    source = inspect.getsourcefile(kind) if not kind.__module__.startswith("remembrain.") else None
    return [f"{kind.__module__}.{kind.__qualname__}", repr(thing), sha256(Path(source)) if source else ""]


def insist_same(path: Path, key: Key, what: str) -> None:
    """Raise where a file says that what is here is of another key; nothing is written.

    Raises
    ------
    DataError
        Naming what differs.
    """
    if path.is_file() and (differing := key.differing(read_json(path))):
        raise DataError(
            f"belongs to {what} with other {', '.join(differing)}",
            where=path,
            try_next="another run folder, or the settings of this one",
        )


def hash_of(content: object) -> str:
    """Return the SHA-256 of any content that a key may have, whose kind and borders count as well."""
    digest = hashlib.sha256()
    for part in _told(content):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


@cache
def code_of_rooms(*rooms: ModuleType) -> str:
    """Return a hash of the code of these packages, so that what an older version computed is not taken for its own."""
    files = [file for room in rooms for file in sorted(Path(room.__file__ or "").parent.rglob("*.py"))]
    return hash_of([[file.name, file] for file in files])


@cache
def libraries() -> str:
    """Return which versions compute, of the libraries that decide the last digits."""
    return " ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)


def _told(content: object) -> list[bytes]:
    """Return content as pieces, the first of which says of what kind it is."""
    if isinstance(content, Key):
        return [b"key", content.digest.encode()]
    if isinstance(content, Path):
        return [b"file", sha256(content).encode()]
    if isinstance(content, np.ndarray):
        return _told_array(content)
    if isinstance(content, Mapping):
        pairs = sorted((str(name), hash_of(value)) for name, value in content.items())
        return [b"mapping", *(part.encode() for pair in pairs for part in pair)]
    if isinstance(content, bytes):
        return [b"bytes", content]
    if content is None or isinstance(content, str | bool | int | float | np.generic):
        value = content.item() if isinstance(content, np.generic) else content
        return [type(value).__name__.encode(), repr(value).encode()]
    if isinstance(content, Sequence):
        return [b"sequence", *(hash_of(value).encode() for value in content)]
    raise TypeError(f"a {type(content).__name__} has no content that a key could name")


def _told_array(array: np.ndarray) -> list[bytes]:
    """Return an array as pieces; texts by what they say, whatever their room."""
    shape = repr(array.shape).encode()
    if array.dtype.kind in "UO":
        return [b"texts", shape, *(str(value).encode() for value in array.ravel())]
    return [b"array", array.dtype.str.encode(), shape, np.ascontiguousarray(array).tobytes()]
