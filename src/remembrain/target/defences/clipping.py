"""Clip every person's gradient, without noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remembrain.target.defences._defence import Defence
from remembrain.target.private.mechanism import Privacy

if TYPE_CHECKING:
    from remembrain.target.recipes import Recipe


@dataclass(frozen=True)
class Clipping(Defence):
    """Private steps with noise left out: nobody pulls harder than the norm, but nothing is promised."""

    name = "clipping"
    title = "Clipped gradients, no noise"
    parameter = "clipping norm"
    paper = "Abadi et al. 2016, CCS (arXiv 1607.00133), without its noise"
    low = 1e-9

    def recipe(self, recipe: Recipe) -> Recipe:
        """Clip to this norm."""
        return replace(recipe, privacy=Privacy(noise_multiplier=0.0, clip=self.strength))
