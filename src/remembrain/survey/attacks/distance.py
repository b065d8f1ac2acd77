"""Whether a person's answers lie closer to the tables than to the population: the first attack on published shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import CellByCell
from remembrain.survey.view import View


@dataclass(frozen=True)
class Distance(CellByCell):
    """Sum over cells of abs(x - q) - abs(x - f) (Homer et al. 2008, equation 1); means in standard deviations."""

    name: str = "distance"
    title: str = "Distance of the answers from the tables and from the population"
    paper: str = "Homer et al. 2008, PLoS Genetics 4:e1000167"

    def of_share(self, x: float, f: Float[np.ndarray, "*batch cell"], view: View) -> Float[np.ndarray, "*batch cell"]:
        """Return abs(x - q) - abs(x - f)."""
        return np.asarray(np.abs(x - view.reference.share) - np.abs(x - f))

    def of_mean(
        self,
        x: Float[np.ndarray, "person table"],
        f: Float[np.ndarray, "person table"],
        q: Float[np.ndarray, "person table"],
        variance: Float[np.ndarray, "person table"],
    ) -> Float[np.ndarray, "person table"]:
        """Return the same in standard deviations of the answer."""
        return np.asarray((np.abs(x - q) - np.abs(x - f)) / np.sqrt(variance))
