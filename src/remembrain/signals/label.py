"""The true age, which an adversary who holds a scan usually knows."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal


class Label(Signal):
    """True years."""

    def row(self, seen: Seen) -> Float[np.ndarray, ""]:
        """Return true years."""
        return np.asarray(seen.label)


def resolve(name: str, probe: Probe) -> Signal:  # noqa: ARG001  # it is the same for every target
    """Return the signal for a target."""
    return Label(name)
