"""A penalty on large weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remembrain.targets.defences._defence import Defence
from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class WeightDecay(Defence):
    """L2 penalty, added to the gradient."""

    name = "weight-decay"
    title = "Weight decay"
    parameter = "penalty"
    paper = "Shokri et al. 2017, IEEE S&P (arXiv 1610.05820), section VIII"

    def changes(self, _: Privacy | None) -> Mapping[str, Any]:
        """Train with this penalty."""
        return {"weight_decay": self.strength}
