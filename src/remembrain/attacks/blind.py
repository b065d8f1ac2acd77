"""The blind baseline: an attack that never asks the target anything; what it finds is not the target's memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import columns
from remembrain.attacks.logistic import fit_logistic
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class BlindBaseline:
    """Logistic regression on age, sex, site and intensity statistics, and the squares of them (Das et al. 2024).

    Where it succeeds, members and non-members are different kinds of people or of scans, and an attack on the target
    has to beat it before anything can be said of the target's memory.
    """

    name: str = "blind"
    title: str = "Blind baseline: age, sex, site and measures of the data, never the model"
    access: Access = "nothing"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("covariates",)
    paper: str = "Das, Zhang & Tramèr 2024 (arXiv 2406.16201)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-odds of membership of the unknown scans."""
        facts, others = (columns(signals, "covariates").astype(float) for signals in (known.signals, unknown))
        centre = facts.mean(axis=0)
        return fit_logistic(_with_squares(facts, centre), known, _with_squares(others, centre))


def _with_squares(
    matrix: Float[np.ndarray, "scan column"], centre: Float[np.ndarray, "column"]
) -> Float[np.ndarray, "scan twice"]:
    """Add the squared distance from the centre, so that a group of middling people is recognised as one."""
    return np.hstack([matrix, (matrix - centre) ** 2])
