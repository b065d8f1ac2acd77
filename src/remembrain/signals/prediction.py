"""The predicted age."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal


class Prediction(Signal):
    """Predicted years."""

    def row(self, seen: Seen) -> Float[np.ndarray, ""]:
        """Return predicted years."""
        return np.asarray(seen.prediction)


def resolve(name: str, probe: Probe) -> Signal:  # noqa: ARG001  # every target predicts
    """Return the signal for a target."""
    return Prediction(name)
