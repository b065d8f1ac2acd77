"""How a run began: the words of the command, when, with which versions and seed. Knows nothing of what is run."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib import metadata

VERSIONS = ("remembrain", "torch", "numpy", "scipy", "scikit-learn", "nilearn", "nibabel", "pandas")


def run_facts(seed: int, command: str | None = None) -> dict[str, object]:
    """Return what ``run.json`` records; the command is the words of this process where it is not given."""
    return {
        "command": command or " ".join(["remembrain", *(_without_folders(word) for word in sys.argv[1:])]),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "versions": {"python": sys.version.split()[0], **{name: metadata.version(name) for name in VERSIONS}},
    }


def _without_folders(word: str) -> str:
    """Return a word of the command line without the folders of a path: they name people and places."""
    option, equals, value = word.rpartition("=") if word.startswith("--") else ("", "", word)
    return f"{option}{equals}{value.rstrip('/').rpartition('/')[2]}" if "/" in value else word
