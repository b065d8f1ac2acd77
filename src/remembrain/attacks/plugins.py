"""Attacks of one's own: made known in this process, or brought by another package when somebody names them."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import entry_points

from remembrain.errors import UsageError
from remembrain.types import Attack

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
