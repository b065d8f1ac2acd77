"""The signed error of the prediction."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal


class Error(Signal):
    """Predicted minus true years."""

    def row(self, seen: Seen) -> Float[np.ndarray, ""]:
        """Return predicted minus true years."""
        return np.asarray(seen.prediction - seen.label)


def resolve(name: str, probe: Probe) -> Signal:  # noqa: ARG001  # every target predicts
    """Return the signal for a target."""
    return Error(name)
