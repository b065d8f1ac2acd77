"""A published network (SFCN, Peng et al. 2021) and what surrounds it: python examples/sfcn.py WEIGHTS

Seven blocks of convolutions, forty bins of one year from 42 to 82, weights that were saved from several graphics
processors (``module.`` before every name, which is understood). Prints the command that audits it on a BIDS folder:
how the output becomes years is said by options, and no function has to be written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch
from torch import nn

CHANNELS = (32, 64, 128, 256, 256, 64)
BINS = 40


class SFCN(nn.Module):
    """Volumes of one channel to logarithms of the probabilities of forty bins."""

    def __init__(self, channels: Sequence[int] = CHANNELS, bins: int = BINS) -> None:
        super().__init__()
        self.feature_extractor = nn.Sequential()
        before = 1
        for number, width in enumerate(channels):
            last = number == len(channels) - 1
            self.feature_extractor.add_module(f"conv_{number}", _block(before, width, pool=not last))
            before = width
        self.classifier = nn.Sequential()
        self.classifier.add_module("average_pool", nn.AdaptiveAvgPool3d(1))
        self.classifier.add_module("dropout", nn.Dropout(0.5))
        self.classifier.add_module(f"conv_{len(channels)}", nn.Conv3d(before, bins, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logarithms of probabilities, shape (batch, bin, 1, 1, 1)."""
        return nn.functional.log_softmax(self.classifier(self.feature_extractor(x / x.mean())), dim=1)


def _block(before: int, after: int, *, pool: bool) -> nn.Sequential:
    """Return one convolution with what follows it."""
    size, padding = (3, 1) if pool else (1, 0)
    layers: list[nn.Module] = [nn.Conv3d(before, after, size, padding=padding), nn.BatchNorm3d(after)]
    return nn.Sequential(*layers, *((nn.MaxPool3d(2),) if pool else ()), nn.ReLU())


if __name__ == "__main__":
    print(
        f"remembrain audit BIDS_DIR RUN --weights {sys.argv[1]} --network {__file__}:SFCN --head bins --bins 42 82 "
        "--members-list trained_on.txt --nonmembers-list others.txt --owner-predictions owner.tsv"
    )
