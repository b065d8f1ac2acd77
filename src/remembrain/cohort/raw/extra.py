"""The two packages that prepare raw scans, imported when a scan is prepared and not before."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

from remembrain.errors import UsageError

PACKAGES = {"deepbet": "deepbet", "SimpleITK": "simpleitk"}
"""What is imported, and what it is called where it is installed from."""
COMPUTING = ("deepbet", "simpleitk", "torch", "numpy", "scipy", "nilearn")
"""Of which a prepared scan depends on the version; the template is of nilearn."""


def insist_on_extra() -> None:
    """Raise where a package is missing, before any work.

    Raises
    ------
    UsageError
        With the command that installs it.
    """
    missing = [name for module, name in PACKAGES.items() if find_spec(module) is None]
    if missing:
        raise UsageError(
            f"raw scans are prepared by {' and '.join(PACKAGES.values())}, and {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not installed",
            try_next="pip install 'remembrain[raw]'",
        )


@cache
def versions() -> Mapping[str, str]:
    """Return which versions prepare scans, of what is installed."""
    there = {}
    for name in COMPUTING:
        with suppress(metadata.PackageNotFoundError):
            there[name] = metadata.version(name)
    return there


def itk() -> Any:
    """Return SimpleITK, which takes one thread: a worker is one core."""
    sitk: Any = import_module("SimpleITK")
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    return sitk
