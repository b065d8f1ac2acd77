"""2D network shared by all sagittal slices, whose codes are averaged: as published, and in a light form.

Source: Gupta et al. 2021, MIDL (arXiv 2105.02866), appendix A.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from remembrain.targets._network import Network, channels, norm, volume_shape

LAYERS = {"last-hidden": ("conv6",), "output": ("output.2", "output.0")}


class PaperSliceMean(Network):
    """Five 2D blocks {convolution, instance norm, max-pool, ReLU}, two 1 x 1 convolutions, slice mean, two layers.

    998,625 parameters; made for 91 sagittal slices of 109 x 91.
    """

    layers = LAYERS

    def __init__(self, shape: Sequence[int], dropout: float | None = None, width: float = 1.0) -> None:
        super().__init__(shape)
        _, *plane = volume_shape(shape, smallest=64)
        one, two, three, four, five, six, seven, hidden = channels(width, 32, 64, 128, 256, 256, 64, 32, 64)
        self.conv1 = nn.Conv2d(1, one, 3, padding=1)
        self.conv2 = nn.Conv2d(one, two, 3, padding=1)
        self.conv3 = nn.Conv2d(two, three, 3, padding=1)
        self.conv4 = nn.Conv2d(three, four, 3, padding=1)
        self.conv5 = nn.Conv2d(four, five, 3, padding=1)
        self.conv6 = nn.Conv2d(five, six, 1)
        self.average = nn.AvgPool2d((plane[0] // 32, plane[1] // 32))
        self.dropout = nn.Dropout(0.5 if dropout is None else dropout)
        self.conv7 = nn.Conv2d(six, seven, 1)
        self.output = nn.Sequential(nn.Linear(seven, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    @property
    def last(self) -> nn.Linear:
        """The layer whose bias starts at the mean age."""
        return cast(nn.Linear, self.output[2])

    def initialise_layer(self, layer: nn.Conv2d | nn.Conv3d | nn.Linear, generator: torch.Generator) -> None:
        """Kaiming normal (fan out) for convolutions, N(0, 0.01) for linear layers, zero biases."""
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01, generator=generator)
        else:
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        nn.init.zeros_(cast(Tensor, layer.bias))

    def forward(self, x: Float[Tensor, "batch 1 slice height width"]) -> Float[Tensor, "batch 1"]:
        """Return predicted years, one a scan."""
        scans, _, slices, height, width = x.shape
        x = x.reshape(scans * slices, 1, height, width)
        for convolution in (self.conv1, self.conv2, self.conv3, self.conv4, self.conv5):
            x = functional.relu(functional.max_pool2d(norm(convolution(x)), 2))
        x = self.average(functional.relu(norm(self.conv6(x))))
        codes = self.conv7(self.dropout(x)).reshape(scans, slices, -1)
        years: Tensor = self.output(codes.mean(dim=1))
        return years


class LightSliceMean(Network):
    """The same idea made for speed: every third slice, strides instead of pooling, fewer channels, no dropout.

    100,577 parameters on any grid of at least 32 voxels a side. ``conv6``, ``conv7`` and ``output`` have the shapes of
    the published form, so that the published attacks on their gradients are the same; there is no ``conv5``.
    """

    head_gain = 8.0
    layers = LAYERS

    def __init__(self, shape: Sequence[int], dropout: float | None = None, width: float = 1.0) -> None:
        super().__init__(shape)
        volume_shape(shape, smallest=32)
        one, two, three, four, six, seven, hidden = channels(width, 8, 16, 32, 256, 64, 32, 64)
        self.conv1 = nn.Conv2d(1, one, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(one, two, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(two, three, 3, stride=2, padding=1)
        self.conv4 = nn.Conv2d(three, four, 3, stride=2, padding=1)
        self.conv6 = nn.Conv2d(four, six, 1)
        self.dropout = nn.Dropout(dropout or 0.0)
        self.conv7 = nn.Conv2d(six, seven, 1)
        self.output = nn.Sequential(nn.Linear(seven, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    @property
    def last(self) -> nn.Linear:
        """The layer whose bias starts at the mean age."""
        return cast(nn.Linear, self.output[2])

    def forward(self, x: Float[Tensor, "batch 1 slice height width"]) -> Float[Tensor, "batch 1"]:
        """Return predicted years, one a scan."""
        x = x[:, :, ::3]
        scans, _, slices, height, width = x.shape
        x = x.reshape(scans * slices, 1, height, width)
        for convolution in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = functional.relu(norm(convolution(x)))
        x = functional.relu(self.conv6(x)).mean(dim=(2, 3), keepdim=True)
        codes = self.conv7(self.dropout(x)).reshape(scans, slices, -1)
        years: Tensor = self.output(codes.mean(dim=1))
        return years
