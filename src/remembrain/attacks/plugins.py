"""Attacks of one's own: made known in this process, brought by another package, or a class in a file that is named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.types import Attack, Known, Signals

GROUP = "remembrain.attacks"
"""The group of entry points by which other packages bring attacks."""

REGISTERED: dict[str, Attack] = {}
_WANTED = ("name", "title", "access", "knows", "needs", "paper", "score")


def add(attack: Attack, taken: Collection[str]) -> Attack:
    """Make an attack known, whose name none of those taken is; returns it.

    Raises
    ------
    UsageError
        Where it lacks what an attack says of itself, or its name is taken.
    """
    if lacking := [name for name in _WANTED if not hasattr(attack, name)]:
        raise UsageError(f"{type(attack).__name__} has no {lacking[0]}", expected="what remembrain.Attack asks for")
    if attack.name in taken or attack.name in REGISTERED:
        raise UsageError(f"there is an attack {attack.name} already", expected="another name")
    REGISTERED[attack.name] = attack
    return attack


def brought(name: str) -> Attack | None:
    """Return an attack that another package brings under this name, if one does."""
    for entry in entry_points(group=GROUP, name=name):
        found = entry.load()
        attack: Attack = found() if isinstance(found, type) else found
        return attack
    return None


@dataclass(frozen=True)
class OfFile:
    """An attack that is a class in a file of the user's, or an object there.

    It says of itself what that attack does, and reaches worker processes by its place: a module that was imported from
    a file has no name by which another process finds it. ``code`` is a hash of the file and of what it imports beside
    it, which whatever is kept of the attack depends on.
    """

    place: Path = field(repr=False)
    kind: str
    code: str
    attack: Any = field(repr=False, compare=False)

    def __getattr__(self, name: str) -> Any:
        """Return what the attack says of itself."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.attack, name)

    def __reduce__(self) -> tuple[Callable[..., OfFile], tuple[str, str]]:
        """Let another process import the file."""
        return _loaded_from, (str(self.place), self.kind)

    @property
    def word(self) -> str:
        """By what it is named again, from whichever folder."""
        return f"{self.place}:{self.kind}"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Return what the attack says.

        Raises
        ------
        DataError
            Where its code fails, or that is not one finite number a scan.
        """
        from remembrain._calling import nameless

        where = f"{self.place.name}:{self.kind}"
        try:
            scores = np.asarray(self.attack.score(known, unknown, rng), dtype=float)
        except RemembrainError:
            raise
        except Exception as error:  # a stranger's code may raise anything
            raise DataError(f"fails ({nameless(error)})", where=where) from error
        scans = len(next(iter(unknown.values())))
        if scores.shape != (scans,) or not np.isfinite(scores).all():
            what = f"scores of shape {scores.shape}" if scores.shape != (scans,) else "scores that are not finite"
            raise DataError(f"gives {what} for {scans} scans", where=where, expected="one finite number a scan")
        return scores


def is_of_file(word: str) -> bool:
    """Tell whether a word names an attack in a file: ``my_file.py:MyAttack``."""
    return word.rpartition(":")[0].endswith(".py")


def of_file(word: str, taken: Collection[str]) -> Attack:
    """Return the attack that a word names by its file, and make it known; the same file may be named again.

    Raises
    ------
    UsageError
        Where there is no such file or class, it is no attack, or its name is taken.
    DataError
        Where the file cannot be imported, or the attack cannot be made.
    """
    place, _, kind = word.rpartition(":")
    attack = _loaded_from(place, kind)
    before = REGISTERED.get(attack.name)
    if isinstance(before, OfFile) and (before.place, before.kind) == (attack.place, kind):
        del REGISTERED[attack.name]
    return add(attack, taken)


def words_of(attacks: Collection[Attack]) -> Mapping[str, str]:
    """Return by which word each of the attacks in files is named again, by its name."""
    return {attack.name: attack.word for attack in attacks if isinstance(attack, OfFile)}


def _loaded_from(place: str, kind: str) -> OfFile:
    """Return the attack in a file, read anew where the file is another than before."""
    path = Path(place).expanduser()
    if not path.is_file():
        raise UsageError("no such file", where=path, expected="a Python file, for --attacks my_file.py:MyAttack")
    return _imported(path.resolve(), kind, path.read_bytes())


@lru_cache(maxsize=64)
def _imported(path: Path, kind: str, _content: bytes) -> OfFile:
    """Import a file once for each content that it has."""
    from remembrain._calling import reason
    from remembrain._code_files import hash_of, import_place, part_of

    module = import_place(str(path), kind)
    there = [name for name, value in vars(module).items() if isinstance(value, type) and hasattr(value, "score")]
    sought = "a class with what remembrain.Attack asks for"
    made = part_of(module, kind, there, sought, where=path, word=f"--attacks {path.name}")
    try:
        attack = made() if isinstance(made, type) else made
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(f"{kind} cannot be made without arguments ({reason(error)})", where=path) from error
    if lacking := [name for name in _WANTED if not hasattr(attack, name)]:
        what = f"{kind} is no attack: it has no {' and no '.join(lacking)}"
        raise UsageError(what, where=path, expected="what remembrain.Attack asks for")
    return OfFile(path, kind, hash_of(path, {}), attack)
