"""Set the smallest weights to zero while training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from torch import nn

_BEGIN = 0.5


@dataclass(frozen=True)
class Pruning(Defence):
    """After every epoch of the second half the smallest weights of all layers together become zero."""

    name = "pruning"
    title = "Pruned network"
    parameter = "share of weights set to zero"
    paper = "Wang et al. 2021, IJCAI (arXiv 2008.13578); Stripelis et al. 2022 (arXiv 2208.11669) for brain age"
    high = 0.999

    def after_epoch(self, network: nn.Module, epoch: int, epochs: int) -> None:
        """Set this share of the weights (not biases) to zero, those nearest to it."""
        if epoch <= _BEGIN * epochs and epoch < epochs:
            return
        import torch

        weights = [one for one in network.parameters() if one.ndim > 1]
        if not weights or not self.strength:
            return
        sizes = torch.cat([one.detach().abs().flatten() for one in weights])
        least = sizes.kthvalue(max(1, int(self.strength * len(sizes)))).values
        with torch.no_grad():
            for one in weights:
                one[one.abs() <= least] = 0.0
