"""The likelihood ratio of all cells together: what two tables say alike counts once, not twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import NEEDS
from remembrain.survey.attacks.metric import fit, project
from remembrain.survey.view import View
from remembrain.types import Access, Knows


@dataclass(frozen=True)
class CorrelationAware:
    """The Gaussian likelihood ratio of the tables with and without the person.

    With z the person's influence, d = f - q and S the shrunk correlation of influences in the reference population,
    tables of n people differ from those of r others by a Gaussian of covariance S (1/n + 1/r), and a person who took
    part moves their mean by z / n. The log of the ratio is

    (z' S^-1 d - z' S^-1 z / (2 n)) / (1 + n / r)

    (inner product in the metric of the covariance, less half the person's own Mahalanobis distance: Azize & Basu 2024,
    section 4). Noise and rounding of known size are added to the diagonal.
    """

    name: str = "correlation-aware"
    title: str = "Likelihood ratio of all cells together, by how answers go with one another"
    access: Access = "published tables"
    knows: Knows = "population"
    needs: tuple[str, ...] = NEEDS
    paper: str = "Azize & Basu 2024 (arXiv 2402.10065)"

    def score(self, view: View, rng: np.random.Generator) -> Float[np.ndarray, "person"]:  # noqa: ARG002
        """Return the log of the likelihood ratio."""
        towards, own = project(fit(view), view)
        counts = view.counts
        found = counts * (towards - counts * own / (2 * view.n)) / (1 + view.n / view.reference.size)
        return np.asarray(found)
