"""Locks between processes, which end with the process that holds them. Systems that have none are told so at once."""

from __future__ import annotations

import io

try:
    import fcntl
except ImportError:
    raise ImportError(
        "remembrain runs on Linux and macOS: it closes files to others and locks them in ways that Windows does not "
        "have; there, use the Windows Subsystem for Linux",
        name="fcntl",
    ) from None


def lock(file: io.FileIO, *, wait: bool = True) -> None:
    """Lock an open file for this process alone.

    Raises
    ------
    OSError
        Where another process holds it and this one does not ``wait``.
    """
    fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
