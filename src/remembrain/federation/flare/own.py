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
from remembrain.run import clear_disk_errors

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
    with clear_disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        drawn = path.with_name(f".{path.name}.{os.getpid()}.part")
        if not path.exists():
            with os.fdopen(os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_BYTES))
            try:
                os.link(drawn, path)  # of two jobs that begin at once, one draws
            except FileExistsError:
                pass
            finally:
                drawn.unlink()
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise DataError("is no key", where=path, try_next="remove it: rounds that have begun are then begun anew")
    return key
