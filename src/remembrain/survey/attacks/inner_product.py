"""How far a person's answers point the way in which the tables differ from the population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.survey.attacks._attack import CellByCell
from remembrain.survey.view import View


@dataclass(frozen=True)
class InnerProduct(CellByCell):
    """Sum over cells of (x - q) (f - q) / (q (1 - q)) (Dwork et al. 2015, section 3), each cell in its own spread."""

    name: str = "inner-product"
    title: str = "Inner product of answers and tables, both less the population"
    paper: str = "Dwork, Smith, Steinke, Ullman & Vadhan 2015, IEEE FOCS"

    def of_share(self, x: float, f: Float[np.ndarray, "*batch cell"], view: View) -> Float[np.ndarray, "*batch cell"]:
        """Return (x - q) (f - q) / (q (1 - q))."""
        q = view.reference.share
        return np.asarray((x - q) * (f - q) / view.reference.variance)

    def of_mean(
        self,
        x: Float[np.ndarray, "person table"],
        f: Float[np.ndarray, "person table"],
        q: Float[np.ndarray, "person table"],
        variance: Float[np.ndarray, "person table"],
    ) -> Float[np.ndarray, "person table"]:
        """Return (x - q) (f - q) / variance."""
        return np.asarray((x - q) * (f - q) / variance)
