"""3D convolutional network for volumes, as published and in a light form.

Source: Gupta et al. 2021, MIDL (arXiv 2105.02866), appendix A.
"""

from __future__ import annotations

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from remembrain.targets._network import Network, channels, norm, volume_shape


class PaperCnn3d(Network):
    """Five blocks {convolution, instance norm, max-pool, ReLU}, a 1 x 1 x 1 convolution, average, dropout, one number.

    2,948,801 parameters; made for scans of 1 x 91 x 109 x 91.
    """

    def __init__(self, shape: Sequence[int], dropout: float | None = None, width: float = 1.0) -> None:
        super().__init__(shape)
        space = volume_shape(shape, smallest=64)
        one, two, three, four, five, six = channels(width, 32, 64, 128, 256, 256, 64)
        self.conv1 = nn.Conv3d(1, one, 3, padding=1)
        self.conv2 = nn.Conv3d(one, two, 3, padding=1)
        self.conv3 = nn.Conv3d(two, three, 3, padding=1)
        self.conv4 = nn.Conv3d(three, four, 3, padding=1)
        self.conv5 = nn.Conv3d(four, five, 3, padding=1)
        self.conv6 = nn.Conv3d(five, six, 1)
        self.average = nn.AvgPool3d((space[0] // 32, space[1] // 32, space[2] // 32))
        self.dropout = nn.Dropout(0.5 if dropout is None else dropout)
        self.output = nn.Conv3d(six, 1, 1)

    @property
    def last(self) -> nn.Conv3d:
        """The layer whose bias starts at the mean age."""
        return self.output

    def forward(self, x: Float[Tensor, "batch 1 x y z"]) -> Float[Tensor, "batch 1"]:
        """Return predicted years, one a scan."""
        for convolution in (self.conv1, self.conv2, self.conv3, self.conv4, self.conv5):
            x = functional.relu(functional.max_pool3d(norm(convolution(x)), 2))
        x = self.average(functional.relu(norm(self.conv6(x))))
        years: Tensor = self.output(self.dropout(x))
        return years.flatten(1)


class LightCnn3d(Network):
    """The same idea made for speed: half the resolution, three blocks with strides instead of pooling, no dropout.

    515,393 parameters on any grid of at least 32 voxels a side. ``conv1``, ``conv6`` and ``output`` have the shapes of
    the published form, so that the published attacks on their gradients are the same.
    """

    head_gain = 8.0
    together = True

    def __init__(self, shape: Sequence[int], dropout: float | None = None, width: float = 1.0) -> None:
        super().__init__(shape)
        volume_shape(shape, smallest=32)
        one, two, three, six = channels(width, 32, 64, 256, 64)
        self.conv1 = nn.Conv3d(1, one, 3, stride=2, padding=1)
        self.conv2 = nn.Conv3d(one, two, 3, stride=2, padding=1)
        self.conv3 = nn.Conv3d(two, three, 3, stride=2, padding=1)
        self.conv6 = nn.Conv3d(three, six, 1)
        self.dropout = nn.Dropout(dropout or 0.0)
        self.output = nn.Conv3d(six, 1, 1)

    @property
    def last(self) -> nn.Conv3d:
        """The layer whose bias starts at the mean age."""
        return self.output

    def forward(self, x: Float[Tensor, "batch 1 x y z"]) -> Float[Tensor, "batch 1"]:
        """Return predicted years, one a scan."""
        x = functional.avg_pool3d(x, 2)
        for convolution in (self.conv1, self.conv2, self.conv3):
            x = functional.relu(norm(convolution(x)))
        x = functional.relu(self.conv6(x)).mean(dim=(2, 3, 4), keepdim=True)
        years: Tensor = self.output(self.dropout(x))
        return years.flatten(1)
