"""What Python users say beside their data, looked at before anything is done: what cannot be meant is one message."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from operator import index
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from remembrain._text import shown
from remembrain.config import AttackOptions
from remembrain.config.base import first_complaint
from remembrain.errors import UsageError
from remembrain.targets.heads import Head


def attack_options(
    attacks: Sequence[str] | str, repeats: int, references: int, share: float | None, *, match: bool
) -> AttackOptions:
    """Return how to attack; one name will do for a list of one.

    Raises
    ------
    UsageError
        Where a word cannot be meant so.
    """
    try:
        return AttackOptions(
            attacks=(attacks,) if isinstance(attacks, str) else attacks,
            repeats=whole(repeats, "repeats"),
            references=whole(references, "references", 0),
            reference_share=share,
            match=match,
        )
    except ValidationError as error:
        raise UsageError(first_complaint(error)) from None


def insist_on_words(
    run: object, name: object, label: object, known: object, seed: object, workers: object
) -> tuple[int, int | None]:
    """Raise where these cannot be meant; return seed and processes.

    Raises
    ------
    UsageError
        With the word, and what is expected of it.
    """
    if not isinstance(run, str | Path):
        raise _wrong("run", run, "a folder for the run")
    if name is not None and not isinstance(name, str):
        raise _wrong("name", name, "what the report calls the model")
    if not isinstance(label, str) or not label:
        raise _wrong("label", label, "what the number is called, such as age")
    if not isinstance(known, Real):
        raise _wrong("known", known, "a share above 0 and below 1")
    return whole(seed, "seed", 0), None if workers is None else whole(workers, "workers")


def head_or_plain(head: object) -> Head:
    """Return how an output becomes years: as it is where nothing is said.

    Raises
    ------
    UsageError
        Where it is no head.
    """
    if head is not None and not isinstance(head, Head):
        raise _wrong("head", head, 'such as remembrain.Head("bins", 42, 82)')
    return head or Head()


def whole(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number, also one of NumPy's.

    Raises
    ------
    UsageError
        Where it is none, or too small.
    """
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise _wrong(name, value, f"a whole number, {least} or more")
    return number


def _wrong(name: str, value: object, expected: str) -> UsageError:
    """Return the error of a word that cannot be meant so."""
    return UsageError(f"{name} is {shown(repr(value))}", expected=expected)
