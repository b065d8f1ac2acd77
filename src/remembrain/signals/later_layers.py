"""A target cut behind a layer: what follows it as a network of its own, from the layer's output to years."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain._calling import questions
from remembrain.errors import DataError
from remembrain.signals._probe import Probe
from remembrain.signals._watching import outputs_of
from remembrain.types import Auditable


class LaterLayers(nn.Module):
    """The layers of a copied network behind one of them.

    The network is run as it is, on a scan of zeros, but the layers up to the cut are stand-ins: those before it put out
    zeros of the right shape without computing, and the one at the cut what is given. So nothing has to be known of how
    the network is written.
    """

    def __init__(
        self,
        module: nn.Module,
        age: Callable[[Any], Tensor],
        shapes: Mapping[str, tuple[int, ...]],
        cut: str,
        scan: tuple[int, ...],
    ) -> None:
        super().__init__()
        self.module, self.age, self.scan = module, age, scan
        self.given = _Given()
        for name, shape in shapes.items():
            if name == cut:
                module.set_submodule(name, self.given)
                break
            module.set_submodule(name, _Zeros(shape))

    def forward(self, activation: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch"]:
        """Return years; ``activation`` is a scan's output of the layer, with the scan's own first axis."""
        self.given.value = activation.flatten(0, 1)
        empty = torch.zeros(len(activation), *self.scan, dtype=activation.dtype, device=activation.device)
        for stand_in in self.module.modules():
            if isinstance(stand_in, _Zeros):
                stand_in.scans = len(activation)
        return self.age(self.module(empty))


class _Given(nn.Module):
    """Puts out a copy of what it was given, which what follows may change in place."""

    value: Tensor

    def forward(self, *_: object) -> Tensor:
        return self.value.clone()


class _Zeros(nn.Module):
    """Puts out zeros of the shape that a layer has for one scan, as many times as there are scans."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape, self.scans = shape, 1

    def forward(self, x: Tensor, *_: object) -> Tensor:
        return x.new_zeros(self.scans * self.shape[0], *self.shape[1:])


def later_layers(target: Auditable, scan: Float[np.ndarray, "*shape"], age: float, layer: str) -> nn.Module:
    r"""Return what follows a layer of a target, as a copy.

    Parameters
    ----------
    target
        The model; left as it is.
    scan, age
        A scan that it can read, and its age in years, to watch the network with.
    layer
        ``second``, or as for the signal ``activation:``.

    Returns
    -------
    layers
        Maps activations of shape (batch, \*shape of the signal) to years, shape (batch,), with the target's weights.

    Raises
    ------
    DataError
        Where the network has no such layer, or does not give the same answer when it is cut there.
    """
    probe = Probe(target, scan, age)
    cut = probe.layer(layer)
    shapes = {name: probe.output_shapes[name] for name in probe.output_shapes}
    batch = probe.batch()
    with outputs_of(target.module, (cut,)) as seen, questions(target.module) as ask, torch.no_grad():
        expected = target.age(ask(batch))
        activation = seen[cut]
    layers = LaterLayers(copy.deepcopy(target.module), target.age, shapes, cut, tuple(batch.shape[1:]))
    with questions(layers) as ask, torch.no_grad():
        years = ask(torch.stack([activation] * 2))
    if years.shape != (2,) or not torch.allclose(years, expected.expand(2), rtol=1e-3, atol=1e-3):
        raise DataError(f"the network does not give the same answer when it is cut behind {cut!r}")
    return layers.train()
