"""Evidence and environment for the terminal."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from remembrain._parallel import cores
from remembrain.cohort.store import default_store
from remembrain.errors import DataError
from remembrain.report.terminal import not_ours
from remembrain.run import RunFolder, read_json
from remembrain.study.origin import VERSIONS


def evidence_of(path: Path) -> dict[str, Any]:
    """Return ``evidence.json`` of a run folder, or ``defences.json`` of a comparison."""
    run = RunFolder.open(path)
    if not run.concluded.is_file():
        raise DataError("no such file", where=run.concluded, expected="what a run comes to", try_next=run.again)
    concluded = read_json(run.concluded)
    if not isinstance(concluded, dict):
        raise not_ours(run.again, run.concluded)
    return concluded


def environment() -> dict[str, str]:
    """Return versions and what this machine offers."""
    import torch

    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none"
    return {
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in VERSIONS},
        "system": platform.platform(),
        "cores": str(cores()),
        "memory GiB": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f}",
        "GPU": gpu,
        "prepared scans": str(default_store()),
    }
