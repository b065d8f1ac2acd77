"""Stop before the network has learned its members by heart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remembrain.targets.defences._defence import Defence
from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class EarlyStopping(Defence):
    """Fewer passes over the members."""

    name = "early-stopping"
    title = "Early stopping"
    parameter = "epochs"
    paper = "Song & Mittal 2021, USENIX Security (arXiv 2003.10595), section 4"
    low, whole = 1, True

    def changes(self, _: Privacy | None) -> Mapping[str, Any]:
        """Train for so many epochs."""
        return {"epochs": int(self.strength)}
