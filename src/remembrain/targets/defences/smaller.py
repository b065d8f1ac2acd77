"""A network too small to learn everybody by heart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from remembrain.targets.defences._defence import Defence
from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class Smaller(Defence):
    """Fewer channels in every layer."""

    name = "smaller"
    title = "Smaller network"
    parameter = "share of channels kept"
    paper = "Nasr, Shokri & Houmansadr 2019, IEEE S&P (arXiv 1812.00910), section V"
    low, high = 0.01, 1.0

    builds = True

    def changes(self, _: Privacy | None) -> Mapping[str, Any]:
        """Build the network with this share of its channels."""
        return {"width": self.strength}
