"""Train on ages that are not quite true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.run.streams import stream
from remembrain.targets.defences._defence import Defence
from remembrain.types import Texts


@dataclass(frozen=True)
class LabelNoise(Defence):
    """Gaussian noise on each person's age, drawn once: all scans of a person are wrong by the same.

    What is learned by heart is then a wrong age; an attacker who holds the true one sees a member's error no smaller.
    """

    name = "label-noise"
    title = "Noise on the ages trained on"
    parameter = "standard deviation, years"
    paper = "Ghazi et al. 2021, NeurIPS (arXiv 2102.06062), without its guarantee"

    def labels(self, age: Float[np.ndarray, "scan"], person: Texts, seed: int) -> Float[np.ndarray, "scan"]:
        """Add the noise."""
        _, which = np.unique(person, return_inverse=True)
        drawn = stream(seed, "noise on ages").normal(0.0, self.strength, int(which.max()) + 1)
        return np.asarray(age + drawn[which])
