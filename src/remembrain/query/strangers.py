"""What a stranger's class raises while models like it are trained or asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from remembrain._text import nameless
from remembrain.errors import DataError, RemembrainError
from remembrain.targets.brought import Model


class StrangerFailed(DataError):
    """A stranger's class raised where models like the target were trained or asked: what needs them ends, alone."""


@contextmanager
def told_of_stranger(target: Model, kind: str) -> Iterator[None]:
    """Say what a stranger's class raises while models like it are trained and asked; ours raises what it raises.

    Raises
    ------
    StrangerFailed
        Whatever was raised but errors of the disk and of options.
    """
    try:
        yield
    except Exception as error:  # a stranger's code may raise anything
        if target.form or (isinstance(error, RemembrainError) and not isinstance(error, DataError)):
            raise
        why = error.what if isinstance(error, DataError) else nameless(error)
        raise StrangerFailed(f"a {kind} of this class cannot be trained and asked ({why})") from error
