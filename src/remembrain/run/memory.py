"""How much memory there is for what a file claims to hold."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""What a container may have and has, in both versions of control groups."""


def memory_left() -> int:
    """Return how many bytes this process could take: what the machine has left, or the container, or ``ulimit -v``."""
    return max(0, min(_limits()))


def in_words(size: float) -> str:
    """Return a number of bytes as people say it."""
    for power, unit in ((40, "TB"), (30, "GB"), (20, "MB")):
        if size >= 2**power:
            return f"{size / 2**power:,.1f} {unit}"
    return f"{size:,.0f} bytes"


def _limits() -> Iterator[int]:
    """Yield every bound there is."""
    yield _of_machine()
    for most, now in _GROUPS:
        try:
            yield int(Path(most).read_text(encoding="ascii")) - int(Path(now).read_text(encoding="ascii"))
        except (OSError, ValueError):  # no such group, or no bound ("max")
            continue
    soft = resource.getrlimit(resource.RLIMIT_AS)[0]
    if soft != resource.RLIM_INFINITY:
        yield soft


def _of_machine() -> int:
    """Return what the machine has left; all that it has where it does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
