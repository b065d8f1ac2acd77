"""The last self-test of this machine: where it is kept, and what it said. Imports nothing that takes long."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from pathlib import Path

from remembrain.cohort.store import default_store
from remembrain.errors import DataError
from remembrain.record.document import SelfTest
from remembrain.report.reading import validated
from remembrain.run import read_json


def last_path() -> Path:
    """Return where the last result is kept."""
    return default_store().parent / "selftest.json"


def read_last(path: Path | None = None) -> SelfTest | None:
    """Return the last result, and whether it is of this version; nothing where there is none or it is broken."""
    try:
        last = validated(SelfTest, read_json(path or last_path()))
    except (DataError, ValueError, OSError):
        return None
    return replace(last, same_version=last.version == metadata.version("remembrain"))
