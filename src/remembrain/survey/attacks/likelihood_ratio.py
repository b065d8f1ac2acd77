"""The likelihood of a person's answers under the tables against that under the population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import Additive
from remembrain.survey.view import View


@dataclass(frozen=True)
class LikelihoodRatio(Additive):
    """Sum over cells of x ln(f / q) + (1 - x) ln((1 - f) / (1 - q)) (Sankararaman et al. 2009, equation 1).

    Optimal where cells are independent. Published shares are kept half a person away from 0 and 1, since rounding and
    noise make cells look empty that are not. Of a mean it is the ratio of Gaussians of the population's variance.
    """

    name: str = "likelihood-ratio"
    title: str = "Likelihood ratio of tables and population, cell by cell"
    paper: str = "Sankararaman, Obozinski, Jordan & Halperin 2009, Nature Genetics 41:965"

    def of_share(self, x: float, f: Float[np.ndarray, "*batch cell"], view: View) -> Float[np.ndarray, "*batch cell"]:
        """Return ln(f / q) where the person stands in the cell, and ln((1 - f) / (1 - q)) where not."""
        q = view.reference.share
        edge = np.minimum(0.5 / np.maximum(view.n * view.reference.answered, 1.0), 0.5)
        f = np.clip(f, edge, 1 - edge)
        return np.asarray(np.log(f / q) if x else np.log((1 - f) / (1 - q)))

    def of_mean(
        self,
        x: Float[np.ndarray, "person table"],
        f: Float[np.ndarray, "person table"],
        q: Float[np.ndarray, "person table"],
        variance: Float[np.ndarray, "person table"],
    ) -> Float[np.ndarray, "person table"]:
        """Return ((x - q)^2 - (x - f)^2) / (2 variance)."""
        return np.asarray(((x - q) ** 2 - (x - f) ** 2) / (2 * variance))
