"""A network too small to learn everybody by heart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from remembrain.targets.recipes import Recipe


@dataclass(frozen=True)
class Smaller(Defence):
    """Fewer channels in every layer."""

    name = "smaller"
    title = "Smaller network"
    parameter = "share of channels kept"
    paper = "Nasr, Shokri & Houmansadr 2019, IEEE S&P (arXiv 1812.00910), section V"
    low, high = 0.01, 1.0

    builds = True

    def recipe(self, recipe: Recipe) -> Recipe:
        """Build the network with this share of its channels."""
        return replace(recipe, width=self.strength)
