"""Locks between processes, which end with the process that holds them."""

from __future__ import annotations

import io

from remembrain._posix import fcntl


def lock(file: io.FileIO, *, wait: bool = True) -> None:
    """Lock an open file for this process alone.

    Raises
    ------
    OSError
        Where another process holds it and this one does not ``wait``.
    """
    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
