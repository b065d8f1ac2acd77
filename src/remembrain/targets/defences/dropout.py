"""Drop numbers in front of the output while training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remembrain.targets.defences._defence import Defence
from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class Dropout(Defence):
    """A share of numbers is dropped, others each time."""

    name = "dropout"
    title = "Dropout"
    parameter = "share dropped"
    paper = "Salem et al. 2019, NDSS (arXiv 1806.01246), section VI"
    high = 0.99

    builds = True

    def changes(self, _: Privacy | None) -> Mapping[str, Any]:
        """Train with this share."""
        return {"dropout": self.strength}
