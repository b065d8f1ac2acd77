"""Versions, and what this machine offers."""

from __future__ import annotations

import os
import platform
from importlib import metadata

from remembrain._parallel import cores
from remembrain.cohort.store import default_store
from remembrain.run.origin import VERSIONS


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
