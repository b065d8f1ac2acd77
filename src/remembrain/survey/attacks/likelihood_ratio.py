"""The likelihood of a person's answers under the tables against that under the population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import Additive
from remembrain.survey.attacks.own_cell import log_ratio, with_the_impossible_last
from remembrain.survey.view import View


@dataclass(frozen=True)
class LikelihoodRatio(Additive):
    """Sum over tables of ln(f_j / q_j), j the cell of the person's own answer (Sankararaman et al. 2009, equation 1).

    Optimal where tables are independent. The published form adds (1 - x) ln((1 - f) / (1 - q)) for every other cell,
    as if the cells of one question were answered one by one. Of a mean it is the ratio of Gaussians of the population's
    variance. Whoever stands in an empty cell cannot have taken part and goes last, where nothing is wrong or blurred.
    """

    name: str = "likelihood-ratio"
    title: str = "Likelihood ratio of tables and population, table by table"
    paper: str = "Sankararaman, Obozinski, Jordan & Halperin 2009, Nature Genetics 41:965"

    def of_answers(self, view: View) -> Float[np.ndarray, "person table"]:
        """Return ln(f / q) of the person's own cell."""
        return log_ratio(view, view.reference.share)

    def of_mean(
        self,
        x: Float[np.ndarray, "person table"],
        f: Float[np.ndarray, "person table"],
        q: Float[np.ndarray, "person table"],
        variance: Float[np.ndarray, "person table"],
    ) -> Float[np.ndarray, "person table"]:
        """Return ((x - q)^2 - (x - f)^2) / (2 variance)."""
        return np.asarray(((x - q) ** 2 - (x - f) ** 2) / (2 * variance))

    def parts(self, view: View) -> Float[np.ndarray, "person table"]:
        """Return what each table adds, and that somebody has the very number that it tells."""
        return np.asarray(super().parts(view) + view.very_number)

    def score(self, view: View, rng: np.random.Generator) -> Float[np.ndarray, "person"]:
        """Return the sum over tables."""
        return with_the_impossible_last(super().score(view, rng), view)
