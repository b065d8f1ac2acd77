"""The last self-test of this machine: where it is kept, and what it said. Imports nothing that takes long."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain.cohort.store import default_store
from remembrain.errors import DataError
from remembrain.run import read_json


def last_path() -> Path:
    """Return where the last result is kept."""
    return default_store().parent / "selftest.json"


def read_last(path: Path | None = None) -> dict[str, Any] | None:
    """Return the last result, and whether it is of this version; nothing where there is none or it is broken."""
    try:
        content = read_json(path or last_path())
        summary = {key: content[key] for key in ("created", "version", "seed", "audits", "passed", "lines")}
        return {**summary, "same_version": summary["version"] == metadata.version("remembrain")}
    except (DataError, KeyError, TypeError, ValueError, OSError):
        return None
