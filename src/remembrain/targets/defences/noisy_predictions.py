"""Give out predictions with noise on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from remembrain.run.streams import own_seed
from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class NoisyPredictions(Defence):
    """Gaussian noise on every prediction. It is drawn from the prediction itself, so that the same scan gets the same
    answer however often it is asked. Who asks for many scans that differ by almost nothing can still take the mean.
    """

    name = "noisy-predictions"
    title = "Noise on predictions"
    parameter = "standard deviation, years"
    paper = "Jia et al. 2019, CCS (arXiv 1909.10594), for class probabilities"
    protects = "predictions"

    def release(self, seed: int) -> Callable[[Tensor], Tensor]:
        """Add the noise."""
        import torch

        own = own_seed(seed, "noise on predictions")

        def noisy(years: Tensor) -> Tensor:
            exact = years.detach().to("cpu", torch.float32).numpy()
            drawn = [
                np.random.Generator(np.random.Philox(key=[int(bits), own])).normal()
                for bits in exact.view(np.uint32).ravel()
            ]
            return years + self.strength * torch.tensor(drawn, dtype=years.dtype, device=years.device)

        return noisy
