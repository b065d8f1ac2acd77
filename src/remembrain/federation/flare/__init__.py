"""The federation on NVIDIA FLARE: real sites under mutual TLS, or the same machinery simulated on one machine.

What is learned is in :mod:`remembrain.federation.learner` and what is averaged in
:mod:`remembrain.federation.rounds`, as in process; here is only how models travel, and what happens where a site fails.
Needs ``pip install remembrain[flare]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from remembrain.errors import UsageError


@contextmanager
def installed() -> Iterator[None]:
    """Say what to install where FLARE, which the block imports, is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", try_next="pip install 'remembrain[flare]'") from None
