"""Attacks of one's own: made known in this process, brought by another package, or a class in a file that is named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, get_args

import numpy as np
from jaxtyping import Float

from remembrain._text import nameless, reason, shown
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.types import Access, Attack, Known, Knows, Signals

GROUP = "remembrain.attacks"
"""The group of entry points by which other packages bring attacks."""

REGISTERED: dict[str, Attack] = {}
_AS_ASKED = "what remembrain.Attack asks for"
_WANTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda said: isinstance(said, str) and bool(said), "a word"),
    "title": (lambda said: isinstance(said, str), "a text"),
    "access": (lambda said: said in get_args(Access), f"one of {', '.join(get_args(Access))}"),
    "knows": (lambda said: said in get_args(Knows), f"one of {', '.join(get_args(Knows))}"),
    "needs": (lambda said: isinstance(said, tuple) and all(isinstance(one, str) for one in said), "a tuple of signals"),
    "paper": (lambda said: isinstance(said, str), "a text"),
    "score": (callable, "a method"),
}
"""What an attack says of itself: whether it is said rightly, and what is expected."""


def add(found: Any, taken: Collection[str]) -> Attack:
    """Make an attack, or what a class makes, known, whose name none of those taken is; returns it.

    Raises
    ------
    DataError
        Where a class cannot be made without arguments.
    UsageError
        Where it lacks what an attack says of itself, or its name is taken.
    """
    attack = made(found, found.__name__ if isinstance(found, type) else type(found).__name__)
    if attack.name in taken or attack.name in REGISTERED:
        raise UsageError(f"there is an attack {attack.name} already", expected="another name")
    REGISTERED[attack.name] = attack
    return attack


def made(found: Any, called: str, where: Path | str | None = None) -> Attack:
    """Return an attack, made where it is a class, once it is known to be one.

    Raises
    ------
    DataError
        Where it cannot be made without arguments.
    UsageError
        Where it lacks what an attack says of itself, or says it wrongly.
    """
    try:
        attack: Attack = found() if isinstance(found, type) else found
    except Exception as error:  # a stranger's code may raise anything
        raise DataError(f"{called} cannot be made without arguments ({reason(error)})", where=where) from error
    if lacking := [name for name in _WANTED if not hasattr(attack, name)]:
        what = f"{called} is no attack: it has no {' and no '.join(lacking)}"
        raise UsageError(what, where=where, expected=_AS_ASKED)
    for name, (is_right, expected) in _WANTED.items():
        if not is_right(said := getattr(attack, name)):
            what = f"{called} is no attack: its {name} is {shown(repr(said))}"
            raise UsageError(what, where=where, expected=f"{expected}: {_AS_ASKED}")
    return attack


def brought(name: str) -> Attack | None:
    """Return an attack that another package brings under this name, if one does.

    Raises
    ------
    DataError
        Where it cannot be imported or made, with the package.
    UsageError
        Where it is no attack, or is called otherwise than its entry point.
    """
    for entry in entry_points(group=GROUP, name=name):
        where = f"package {entry.dist.name}" if entry.dist else f"the entry point {name}"
        try:
            found = entry.load()
        except Exception as error:  # a stranger's code may raise anything
            what = f"brings the attack {name} as {entry.value}, which cannot be imported ({reason(error)})"
            raise DataError(what, where=where, try_next="another version of it, or pip uninstall") from error
        attack = made(found, entry.value, where)
        if attack.name != name:
            what = f"{entry.value} is called {shown(attack.name)}, and its entry point {name}"
            raise UsageError(what, where=where, expected="one name")
        return attack
    return None


def names_of_packages() -> tuple[str, ...]:
    """Return the names of all attacks that other packages bring, none of which is imported for it."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


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
    from remembrain._code_files import hash_of, import_place, part_of

    module = import_place(str(path), kind)
    there = [name for name, value in vars(module).items() if isinstance(value, type) and hasattr(value, "score")]
    sought = "a class with what remembrain.Attack asks for"
    found = part_of(module, kind, there, sought, where=path, word=f"--attacks {path.name}")
    return OfFile(path, kind, hash_of(path, {}), made(found, kind, path))
