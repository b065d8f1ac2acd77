"""The gradient of one layer's weights: the first, the last hidden, the output, or a layer called by its module name.

Sources: Gupta et al. 2021, MIDL (arXiv 2105.02866), section 3; for layers too large to keep whole, the count sketch of
Charikar, Chen & Farach-Colton 2002, ICALP, which keeps inner products and norms without bias.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np
from jaxtyping import Float, Int

from remembrain.run.streams import stream
from remembrain.signals._probe import Probe
from remembrain.signals._signal import Seen, Signal

LARGEST = 16_384
"""Numbers of the largest layer that is kept whole: conv6 of the published 3D-CNN."""

BUCKETS = 4_096
"""Numbers that a larger layer is sketched to."""


class LayerGradient(Signal):
    """Loss gradient of the weights of one layer, in their own shape."""

    def row(self, seen: Seen) -> Float[np.ndarray, "*weight"]:
        """Return the gradient."""
        return seen.gradients[self.parameters[0]].float().numpy(force=True)


@dataclass(frozen=True)
class Sketch:
    """A random linear map from ``size`` numbers to 4,096, the same one for every scan, run and machine.

    Each number goes into one bucket, with a random sign; for vectors x and y and over the draw of the map,
    E[<Sx, Sy>] = <x, y> and Var[<Sx, Sy>] <= 2 |x|^2 |y|^2 / 4096.
    """

    size: int
    bucket: Int[np.ndarray, "size"] = field(init=False, repr=False, compare=False)
    sign: Float[np.ndarray, "size"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rng = stream(0, "buckets of a gradient", self.size)
        object.__setattr__(self, "bucket", rng.integers(BUCKETS, size=self.size))
        object.__setattr__(self, "sign", 2.0 * rng.integers(2, size=self.size) - 1.0)

    def __call__(self, values: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "bucket"]:
        """Return the sketch of these numbers."""
        return np.bincount(self.bucket, weights=values.reshape(-1) * self.sign, minlength=BUCKETS)


@dataclass(frozen=True)
class SketchedGradient(Signal):
    """Loss gradient of the weights of one large layer, sketched, so that neither disk nor attacks drown in it."""

    sketch: Sketch = field(default_factory=lambda: Sketch(0))

    def described(self) -> str:
        """Say which layer, and that it is sketched."""
        return f"{self.parameters[0]}, {self.sketch.size:,} numbers sketched to {BUCKETS:,}"

    def row(self, seen: Seen) -> Float[np.ndarray, "bucket"]:
        """Return the sketch of the gradient."""
        return self.sketch(seen.gradients[self.parameters[0]].double().numpy(force=True))


def resolve(name: str, probe: Probe) -> Signal:
    """Return the signal for a target; the layer is what stands behind the colon, or behind a stroke for a part.

    Raises
    ------
    DataError
        Where the network has no such layer, naming those that it has.
    """
    role, _, part = name.partition(":")[2].partition("/")
    parameter = probe.weight(part or role)
    shape = probe.shape(parameter)
    if prod(shape) > LARGEST:
        return SketchedGradient(name, (parameter,), (BUCKETS,), "<f4", sketch=Sketch(prod(shape)))
    return LayerGradient(name, (parameter,), shape, "<f4")
