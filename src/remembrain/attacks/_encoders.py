"""One signal to 64 numbers: the published encoder that goes with its kind and shape.

Source: Gupta et al. 2021, MIDL (arXiv 2105.02866), appendix B. The gradient of a layer's weights that is a matrix
(output by input channels, kernels of 1) is read as an image or as channels of a sequence; everything else is flattened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor, nn

SIZE = 64
"""Numbers that every signal is encoded to."""

IMAGE_LEAST = (96, 22)
"""Smallest input by output channels that leave something behind the image encoder's pooling."""

SEQUENCE_LEAST = 48
"""Fewest input channels that leave something behind the sequence encoder's pooling."""

_HALVES: bool = torch.cpu._is_avx512_bf16_supported()
"""Whether the processor multiplies bfloat16 by itself."""


class Flat(nn.Sequential):
    """Any signal flattened, then Linear and ReLU."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__(nn.Flatten(), nn.Linear(prod(shape), SIZE), nn.ReLU())


class GradientImage(nn.Module):
    """Gradient of a 3D convolution with kernels of 1, as an image of input by output channels.

    At the published 256 x 64 the last convolution leaves 16 x 6 x 6. Where the processor multiplies bfloat16 by itself,
    the convolutions run in it, which halves their time; weights and everything else stay in single precision. A few
    scans go through together, so that what they leave stays in the processor's cache, which halves it again.
    """

    together = 4

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        outputs, inputs = shape[:2]
        self.size = (1, inputs, outputs)
        self.convolutions = nn.Sequential(
            *_block(nn.Conv2d(1, 64, 5), nn.MaxPool2d((4, 2))),
            *_block(nn.Conv2d(64, 64, (4, 2)), nn.MaxPool2d((4, 2))),
            *_block(nn.Conv2d(64, 16, (4, 3)), nn.MaxPool2d(2)),
        )
        height = ((inputs - 4) // 4 - 3) // 4 - 3
        width = ((outputs - 4) // 2 - 1) // 2 - 2
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(16 * (height // 2) * (width // 2), SIZE), nn.ReLU())

    def forward(self, gradient: Float[Tensor, "batch *weight"]) -> Float[Tensor, "batch 64"]:
        """Return 64 numbers a scan. Channels last is how processors run these convolutions nearly twice as fast."""
        batch = gradient.flatten(3).squeeze(3).transpose(1, 2).unsqueeze(1)
        encoded: Tensor = self.dense(torch.cat([self._convolved(some) for some in batch.split(self.together)]))
        return encoded

    def _convolved(self, image: Float[Tensor, "few 1 input output"]) -> Float[Tensor, "few 16 height width"]:
        """Return what the convolutions leave of a few images."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=_HALVES):
            left: Tensor = self.convolutions(image.contiguous(memory_format=torch.channels_last))
        return left.float()


class GradientSequence(nn.Module):
    """Gradient of a 2D convolution with kernels of 1: output channels along a sequence of input channels.

    At the published 64 channels x 256 the last convolution leaves 128 x 14.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        outputs, inputs = shape[:2]
        self.convolutions = nn.Sequential(
            *_block(nn.Conv1d(outputs, 128, 5), nn.MaxPool1d(4)),
            *_block(nn.Conv1d(128, 128, 4), nn.MaxPool1d(2)),
            *_block(nn.Conv1d(128, 128, 3), nn.MaxPool1d(2)),
        )
        length = (((inputs - 4) // 4 - 3) // 2 - 2) // 2
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(128 * length, SIZE))

    def forward(self, gradient: Float[Tensor, "batch *weight"]) -> Float[Tensor, "batch 64"]:
        """Return 64 numbers a scan."""
        encoded: Tensor = self.dense(self.convolutions(gradient.flatten(2)))
        return encoded


class HiddenLinear(nn.Module):
    """Gradient of a linear layer between hidden units: output units as channels along its inputs.

    At the published 64 channels x 32 the last convolution leaves 64 x 4.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        outputs, inputs = shape[:2]
        self.convolutions = nn.Sequential(
            *_block(nn.Conv1d(outputs, 64, 3, padding=1), nn.MaxPool1d(2)),
            *_block(nn.Conv1d(64, 64, 3, padding=1), nn.MaxPool1d(2)),
            *_block(nn.Conv1d(64, 64, 3, padding=1), nn.MaxPool1d(2)),
        )
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(64 * (inputs // 8), SIZE))

    def forward(self, gradient: Float[Tensor, "batch *weight"]) -> Float[Tensor, "batch 64"]:
        """Return 64 numbers a scan."""
        encoded: Tensor = self.dense(self.convolutions(gradient))
        return encoded


def encoder_of(signal: str, shape: Sequence[int]) -> Callable[[Sequence[int]], nn.Module]:
    """Return the published encoder of a signal: a class that is made with the shape of one scan's numbers.

    The first layer's gradient is flattened as published, whatever its shape; so is a matrix too small for the
    published kernels and pools.
    """
    if not signal.startswith("gradient:") or signal == "gradient:first" or len(shape) < 2 or prod(shape[2:]) != 1:
        return Flat
    outputs, inputs = shape[:2]
    if len(shape) == 5 and inputs >= IMAGE_LEAST[0] and outputs >= IMAGE_LEAST[1]:
        return GradientImage
    if len(shape) == 4 and inputs >= SEQUENCE_LEAST and outputs > 1:
        return GradientSequence
    if len(shape) == 2 and inputs >= 8 and outputs > 1:
        return HiddenLinear
    return Flat


def _block(convolution: nn.Module, pool: nn.Module) -> tuple[nn.Module, nn.Module, nn.Module]:
    """Return convolution, pooling and ReLU, in the published order."""
    return convolution, pool, nn.ReLU()
