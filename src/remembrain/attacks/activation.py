"""The target's own later layers, retrained to tell members by what an earlier layer puts out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from remembrain.attacks._training import Training
from remembrain.errors import DataError
from remembrain.types import Access, Known, Knows, Signals

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class LaterLayers:
    """Layers behind the second, trained again from fresh weights, become a classifier (Gupta et al. 2021).

    The source does not state where weights start, or how an age becomes a logit: here they are drawn anew (the target's
    own did worse), and the output is centred and scaled by its mean and standard deviation over the attack's training
    scans before any step. Dropout is the target's own.
    """

    layers: nn.Module | None = field(default=None, repr=False, compare=False)
    name: str = "activation"
    title: str = "The model’s own later layers, retrained"
    access: Access = "weights"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("activation:second",)
    paper: str = "Gupta et al. 2021, MIDL (arXiv 2105.02866)"
    training: Training = field(default_factory=Training)

    @property
    def retrained_layer(self) -> str:
        """Behind which layer the target is retrained: the one whose activations are read."""
        return self.needs[0].partition(":")[2]

    def of(self, layers: nn.Module) -> LaterLayers:
        """Return the attack on a target: ``layers`` maps a batch of activations to years, shape (batch,)."""
        return replace(self, layers=layers)

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Retrain on the known scans and return the logit of the unknown ones, reading a batch at a time."""
        from remembrain.attacks._later_layers import logits_of

        if self.layers is None:
            raise DataError("the later layers of the target were not given", where=self.name)
        need = self.needs[0]
        return logits_of(self.layers, known.signals[need], known, unknown[need], rng, self.training)
