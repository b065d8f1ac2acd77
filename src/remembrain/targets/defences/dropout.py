"""Drop numbers in front of the output while training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from remembrain.targets.recipes import Recipe


@dataclass(frozen=True)
class Dropout(Defence):
    """A share of numbers is dropped, others each time."""

    name = "dropout"
    title = "Dropout"
    parameter = "share dropped"
    paper = "Salem et al. 2019, NDSS (arXiv 1806.01246), section VI"
    high = 0.99

    builds = True

    def recipe(self, recipe: Recipe) -> Recipe:
        """Train with this share."""
        return replace(recipe, dropout=self.strength)
