"""The one place where Opacus takes a step; imported when a private step is taken, and not before."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from opacus.optimizers import DPOptimizer
from torch import Tensor

from remembrain.targets.private.mechanism import Mechanism
from remembrain.targets.private.noise import Chance


class PrivateOptimiser(DPOptimizer):  # type: ignore[misc]  # Opacus has no types
    """Opacus's optimiser, given sums that are clipped already, and noise from where this package draws it."""

    def __init__(self, optimiser: torch.optim.Optimizer, mechanism: Mechanism, drawn: Chance) -> None:
        super().__init__(
            optimiser,
            noise_multiplier=mechanism.noise_multiplier,
            max_grad_norm=mechanism.asked.clip,
            expected_batch_size=mechanism.expected,
        )
        self.drawn = drawn

    def take(self, parameters: Sequence[torch.nn.Parameter], total: Sequence[Tensor]) -> None:
        """Take one step from the sum of clipped gradients of the people who were drawn."""
        for parameter, sum_ in zip(parameters, total, strict=True):
            vars(parameter).update(summed_grad=sum_, grad_sample=sum_)
        self.add_noise()
        self.scale_grad()
        self.original_optimizer.step()
        for parameter in parameters:
            vars(parameter).update(summed_grad=None, grad_sample=None)
            parameter.grad = None

    def add_noise(self) -> None:
        """Add noise to the sums; the numbers are those that Opacus draws from the same generator."""
        for parameter in self.params:
            noise = self.drawn.normal(parameter.summed_grad, self.noise_multiplier * self.max_grad_norm)
            parameter.grad = parameter.summed_grad + noise
