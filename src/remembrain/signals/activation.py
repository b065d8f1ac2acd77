"""What a layer puts out for a scan, before whatever follows it.

Source: Gupta et al. 2021, MIDL (arXiv 2105.02866), section 3, where it is the output of conv2.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal

_LARGEST = 65_504.0
"""Largest number that half precision holds."""


class Activation(Signal):
    """Output of one layer, in half precision: at the published size 1.7 MB a scan."""

    def row(self, seen: Seen) -> Float[np.ndarray, "*shape"]:
        """Return what the layer put out."""
        return seen.activations[self.layers[0]].float().clamp(-_LARGEST, _LARGEST).numpy(force=True)


def resolve(name: str, probe: Probe) -> Signal:
    """Return the signal for a target; the layer is what stands behind the colon.

    Raises
    ------
    DataError
        Where the network has no such layer, or runs it several times a scan.
    """
    layer = probe.layer(name.partition(":")[2])
    return Activation(name, (), probe.output_shapes[layer], "<f2", (layer,))
