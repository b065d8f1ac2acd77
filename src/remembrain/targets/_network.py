"""What every network built here has in common: how it is initialised, and small shared steps.

Knows nothing of scans, ages but one mean, training or files.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from remembrain.errors import DataError


class Network(nn.Module):
    """A network whose weights come from one ``torch.Generator`` and from nothing else.

    Attributes
    ----------
    layers
        Which modules an adversary means by a layer's role, where the order of execution does not tell: the published
        study attacks ``conv6`` as the last hidden layer, and all linear layers behind it as the output.
    together
        Whether the gradients of several people are clipped faster together than one by one, as measured: where layers
        are small (:mod:`remembrain.targets.private.clipping`). Such a network learns in convolutional and linear layers
        alone, each of which runs once a scan.
    head_gain
        How many times larger than others the last weights start. Ages differ by years, not by units of 1, and a network
        whose last weights start small spends its first epochs predicting the mean.
    """

    layers: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    head_gain: ClassVar[float] = 1.0
    together: ClassVar[bool] = False

    @abstractmethod
    def __init__(self, shape: Sequence[int], dropout: float | None = None, width: float = 1.0) -> None:
        """Make the layers for scans of this shape.

        ``dropout`` is that in front of the output, the network's own if None; ``width`` the share of channels kept.
        """
        super().__init__()

    @property
    @abstractmethod
    def last(self) -> nn.Linear | nn.Conv3d:
        """The layer whose bias starts at the mean age."""

    def initialise(self, generator: torch.Generator, mean_age: float) -> None:
        """Draw every weight anew, in the order of the layers; the last bias becomes the mean age (years)."""
        with torch.no_grad():
            for layer in self.modules():
                if isinstance(layer, nn.Conv2d | nn.Conv3d | nn.Linear):
                    self.initialise_layer(layer, generator)
            self.last.weight.mul_(self.head_gain)
        self.start_at(mean_age)

    def start_at(self, mean_age: float) -> None:
        """Have the output start at a mean age (years)."""
        with torch.no_grad():
            cast(Tensor, self.last.bias).fill_(mean_age)

    def initialise_layer(self, layer: nn.Conv2d | nn.Conv3d | nn.Linear, generator: torch.Generator) -> None:
        """Draw weights and biases uniformly within 1 / sqrt(fan in), which is what torch does by default."""
        bound = layer.weight[0].numel() ** -0.5
        nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
        nn.init.uniform_(cast(Tensor, layer.bias), -bound, bound, generator=generator)


def channels(width: float, *full: int) -> list[int]:
    """Return a share of these numbers of channels, each at least 1."""
    return [max(1, round(width * one)) for one in full]


def norm(x: Float[Tensor, "batch channel *space"]) -> Float[Tensor, "batch channel *space"]:
    """Instance norm without affine: every channel of every scan to mean 0 and standard deviation 1."""
    return nn.functional.instance_norm(x)


def volume_shape(shape: Sequence[int], smallest: int) -> tuple[int, int, int]:
    """Return the spatial shape of a scan with one channel.

    Raises
    ------
    DataError
        Unless ``shape`` is (1, x, y, z) with every side at least ``smallest`` voxels.
    """
    if len(shape) != 4 or shape[0] != 1 or min(shape[1:]) < smallest:
        raise DataError(
            f"scans of shape {tuple(shape)} do not fit this network",
            expected=f"(1, x, y, z) with at least {smallest} voxels a side",
            try_next="another --grid, --form light, or --network mlp for tables",
        )
    return shape[1], shape[2], shape[3]
