"""Clip every person's gradient, without noise unless that is asked for beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from remembrain.targets.defences._defence import Defence
from remembrain.targets.private.mechanism import Privacy


@dataclass(frozen=True)
class Clipping(Defence):
    """Private steps with noise left out: nobody pulls harder than the norm, but nothing is promised."""

    name = "clipping"
    title = "Clipped gradients, no noise"
    parameter = "clipping norm"
    paper = "Abadi et al. 2016, CCS (arXiv 1607.00133), without its noise"
    low = 1e-9

    def changes(self, privacy: Privacy | None) -> Mapping[str, Any]:
        """Clip to this norm; what noise was asked for, is kept."""
        asked = privacy or Privacy(noise_multiplier=0.0)
        return {"privacy": replace(asked, clip=self.strength)}
