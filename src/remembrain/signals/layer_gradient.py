"""The gradient of one layer's weights: the first, the last hidden, the output, or a layer called by its module name.

Source: Gupta et al. 2021, MIDL (arXiv 2105.02866), section 3.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal


class LayerGradient(Signal):
    """Loss gradient of the weights of one layer, in their own shape."""

    def row(self, seen: Seen) -> Float[np.ndarray, "*weight"]:
        """Return the gradient."""
        return seen.gradients[self.parameters[0]].float().numpy(force=True)


def resolve(name: str, probe: Probe) -> Signal:
    """Return the signal for a target; the layer is what stands behind the colon.

    Raises
    ------
    DataError
        Where the network has no such layer, naming those that it has.
    """
    parameter = probe.weight(name.partition(":")[2])
    return LayerGradient(name, (parameter,), probe.shape(parameter), "<f4")
