"""What each table tells by itself, and what the others tell without it: an attack's scores, taken apart by table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from remembrain.survey.attacks.correlation import CorrelationAware
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.attacks.metric import project
from remembrain.survey.view import View

BLAMED = CorrelationAware()
"""The attack whose score is taken apart: the strongest that is a rule. Of one table it is the likelihood ratio."""


@dataclass(frozen=True, eq=False)
class Parts:
    """The scores of everybody: from all tables, from each alone, and from all others without each.

    ``shrinkage`` is the weight of the identity in the covariance that they were made with.
    """

    whole: Float32[np.ndarray, "person"]
    alone: Float32[np.ndarray, "person table"]
    without: Float32[np.ndarray, "person table"]
    shrinkage: float


def taken_apart(view: View) -> Parts:
    """Take the scores of these people apart, in single precision: there are as many for each repeat."""
    without = BLAMED.without_each(view).astype(np.float32)
    return Parts(
        BLAMED.ratio(view).astype(np.float32),
        LikelihoodRatio().parts(view).astype(np.float32),
        without,
        project(view).shrinkage,
    )
