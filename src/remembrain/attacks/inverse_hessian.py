"""How little the person's own loss would fall by training the last layer on them once more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import numbers
from remembrain.attacks._last_layer import NEEDS, leverage
from remembrain.attacks.error_threshold import best_threshold
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class InverseHessian:
    """Score = t - log(g' H^-1 g), g the gradient of the output layer and H its Hessian on the known people.

    For squared error g' H^-1 g is e^2 times the leverage. Suri, Zhang & Evans 2024 weigh such terms for the whole
    network; of the last layer alone it is cheap, and says which errors are small *for a scan that could have pulled
    the layer*. The threshold t is learned on known people.
    """

    name: str = "inverse-hessian"
    title: str = "Own influence by the last layer’s inverse Hessian"
    access: Access = "weights"
    knows: Knows = "some members"
    needs: tuple[str, ...] = NEEDS
    paper: str = "Suri, Zhang & Evans 2024 (arXiv 2406.11544)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the threshold less the log of the influence."""
        theirs, ours = leverage(known, unknown)
        mine = np.log(theirs) + 2 * np.log(np.abs(numbers(known.signals, "error")) + 1e-9)
        asked = np.log(ours) + 2 * np.log(np.abs(numbers(unknown, "error")) + 1e-9)
        return np.asarray(best_threshold(mine, known.member) - asked)
