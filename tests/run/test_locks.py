"""A lock is one process's at a time; a system without locks is named in one message."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from remembrain.run import open_private
from remembrain.run.locks import lock

WITHOUT = "import sys; sys.modules['fcntl'] = None; "


def test_a_lock_is_held_once_until_it_is_let_go(tmp_path: Path) -> None:
    with open_private(tmp_path / "lock", os.O_RDWR) as first, open_private(tmp_path / "lock", os.O_RDWR) as second:
        lock(first)
        with pytest.raises(OSError):
            lock(second, wait=False)
        first.close()
        lock(second, wait=False)


@pytest.mark.parametrize(
    ("program", "before"),
    [
        ("from remembrain.cli import main", "remembrain: error: "),
        ("import remembrain; remembrain.audit_module", "ImportError: "),
    ],
)
def test_where_there_are_no_locks_the_systems_that_have_them_are_named(program: str, before: str) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT + program], capture_output=True, text=True, check=False)
    *above, last = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert last.startswith(f"{before}remembrain runs on Linux and macOS")
    assert bool(above) == (before == "ImportError: ")  # a traceback is for programmers
