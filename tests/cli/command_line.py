"""A command as its words, for tests of the command line."""

from __future__ import annotations

import pytest

from remembrain import cli


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as done:
        cli.main([str(word) for word in words])
    return int(done.value.code or 0)
