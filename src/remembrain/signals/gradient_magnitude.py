"""How strongly each parameter tensor would have to change for this scan.

Source: Gupta et al. 2021, MIDL (arXiv 2105.02866), section 3. Which norm is not stated there; it is L2 here.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float

from remembrain.errors import DataError
from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal


class GradientMagnitude(Signal):
    """L2 norm of the loss gradient of every parameter tensor that has a true gradient, in the order of the module."""

    def row(self, seen: Seen) -> Float[np.ndarray, "tensor"]:
        """Return one norm a parameter tensor."""
        norms = torch._foreach_norm([seen.gradients[name] for name in self.parameters])
        return torch.stack(norms).float().numpy(force=True)


def resolve(name: str, probe: Probe) -> Signal:
    """Return the signal for a target.

    Raises
    ------
    DataError
        Where no parameter has a true gradient, or none is recorded.
    """
    true = probe.true_gradients()
    if not true:
        raise DataError("no parameter of the network changes its output", where=name)
    parameters = probe.reached(true)
    return GradientMagnitude(name, parameters, (len(parameters),), "<f4")
