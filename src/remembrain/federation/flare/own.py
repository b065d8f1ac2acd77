"""Whether a site's data are those of before, said so that only the site can tell what was the same.

A hash of identifiers and ages tells whoever knows all people but one whether that one is among them. Under a key that
stays in the kit it tells nobody else anything, but that nothing has changed. No FLARE in here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError
from remembrain.run import atomic_path, clear_disk_errors, open_private
from remembrain.run.locks import lock

_BYTES = 32


def word_of(key: bytes, plan: str, scans: Sequence[str], age: Float[np.ndarray, "scan"]) -> str:
    """Return a word of a site's scans and ages, in order, for one plan: the same while these and the key are."""
    content = [plan, *scans, *(float(one).hex() for one in age)]
    return hmac.new(key, "\n".join(content).encode(), hashlib.sha256).hexdigest()


def own_key(path: Path) -> bytes:
    """Return the key in a file that only its owner reads; it is drawn where there is none.

    Raises
    ------
    DataError
        Where the file holds something else.
    RemembrainError
        Where it cannot be written.
    """
    if not path.exists():
        with clear_disk_errors(path), open_private(path.with_suffix(".lock"), os.O_RDWR) as held:
            lock(held)  # of two jobs that begin at once, one draws
            if not path.exists():
                with atomic_path(path) as partial:
                    partial.write_bytes(secrets.token_bytes(_BYTES))
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise DataError("is no key", where=path, try_next="remove it: rounds that have begun are then begun anew")
    return key
