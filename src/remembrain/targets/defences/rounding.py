"""Give out rounded predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Rounding(Defence):
    """Predictions are rounded to a multiple of so many years."""

    name = "rounding"
    title = "Rounded predictions"
    parameter = "step, years"
    paper = "Shokri et al. 2017, IEEE S&P (arXiv 1610.05820), section VIII"
    protects = "predictions"
    low = 1e-6

    def release(self, seed: int) -> Callable[[Tensor], Tensor]:  # noqa: ARG002
        """Round."""
        return lambda years: (years / self.strength).round() * self.strength
