"""Stop before the network has learned its members by heart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from remembrain.targets.defences._defence import Defence

if TYPE_CHECKING:
    from remembrain.targets.recipes import Recipe


@dataclass(frozen=True)
class EarlyStopping(Defence):
    """Fewer passes over the members."""

    name = "early-stopping"
    title = "Early stopping"
    parameter = "epochs"
    paper = "Song & Mittal 2021, USENIX Security (arXiv 2003.10595), section 4"
    low, whole = 1, True

    def recipe(self, recipe: Recipe) -> Recipe:
        """Train for so many epochs."""
        return replace(recipe, epochs=int(self.strength))
