"""Differential privacy, by how much noise is added or by what may be spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from remembrain.targets.defences._defence import Defence
from remembrain.targets.private.mechanism import Privacy

_PAPER = "Abadi et al. 2016, CCS (arXiv 1607.00133)"


@dataclass(frozen=True)
class DpNoise(Defence):
    """Noise of so many clipping norms; what it costs in epsilon is counted. Other settings are those of the recipe."""

    name = "dp-noise"
    title = "Differential privacy, by noise"
    parameter = "noise multiplier"
    paper = _PAPER
    promises = True

    def changes(self, privacy: Privacy | None) -> Mapping[str, Any]:
        """Train privately with this noise."""
        asked = privacy or Privacy(noise_multiplier=self.strength)
        return {"privacy": replace(asked, epsilon=None, noise_multiplier=self.strength)}


@dataclass(frozen=True)
class Dp(Defence):
    """As much noise as keeps to an epsilon."""

    name = "dp"
    title = "Differential privacy, by epsilon"
    parameter = "epsilon"
    paper = _PAPER
    promises = True
    low = 1e-6

    def changes(self, privacy: Privacy | None) -> Mapping[str, Any]:
        """Train privately up to this epsilon."""
        asked = privacy or Privacy(epsilon=self.strength)
        return {"privacy": replace(asked, noise_multiplier=None, epsilon=self.strength)}
