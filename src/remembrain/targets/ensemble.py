"""Several networks whose answers become one, by their mean or their median, as published ensembles do.

Knows no years: whoever asks the networks says what each puts out means.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor, nn

How: TypeAlias = Literal["mean", "median"]


class Ensemble(nn.Module):
    """Networks side by side: each is given the scans, and what each puts out is one of a tuple."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the names of each network's modules begin with."""
        return tuple(f"networks.{place}." for place in range(len(self.networks)))

    def forward(self, *scans: Tensor) -> tuple[object, ...]:
        """Return what each network puts out; none sees what another does to its input."""
        return tuple(network(*(scan.clone() for scan in scans)) for network in self.networks)


def combined(years: Sequence[Float[Tensor, "batch"]], how: How) -> Float[Tensor, "batch"]:
    """Return the mean of several answers, or their median: of an even number the mean of the two in the middle."""
    every = torch.stack(list(years))
    return every.mean(0) if how == "mean" else every.quantile(0.5, dim=0)
