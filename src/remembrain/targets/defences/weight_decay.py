"""A penalty on large weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from remembrain.targets.recipes import Recipe


@dataclass(frozen=True)
class WeightDecay(Defence):
    """L2 penalty, added to the gradient."""

    name = "weight-decay"
    title = "Weight decay"
    parameter = "penalty"
    paper = "Shokri et al. 2017, IEEE S&P (arXiv 1610.05820), section VIII"

    def recipe(self, recipe: Recipe) -> Recipe:
        """Train with this penalty."""
        return replace(recipe, weight_decay=self.strength)
