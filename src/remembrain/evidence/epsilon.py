"""What an audit can say of differential privacy: lower bounds on epsilon, and of a claim whether they contradict it.

In the order of the argument: ``gaussian_privacy`` (what an epsilon is where noise is Gaussian), ``one_run`` (how many
right guesses privacy allows), ``lower_bounds`` (the shape of a bound), ``epsilon_bounds`` (scores in, bounds out),
``claims`` (bounds beside a claim). This module holds nothing of its own: it is what other rooms use.
"""

from remembrain.evidence.claims import Claim, ClaimStatus, statement
from remembrain.evidence.epsilon_bounds import (
    ESTIMATORS,
    Estimator,
    all_bounds,
    clopper_pearson,
    gaussian_dp,
    one_run,
    one_run_f_dp,
)
from remembrain.evidence.gaussian_privacy import gaussian_delta, gaussian_epsilon, mu_of
from remembrain.evidence.lower_bounds import LowerBound, people_scores

__all__ = [
    "ESTIMATORS",
    "Claim",
    "ClaimStatus",
    "Estimator",
    "LowerBound",
    "all_bounds",
    "clopper_pearson",
    "gaussian_delta",
    "gaussian_dp",
    "gaussian_epsilon",
    "mu_of",
    "one_run",
    "one_run_f_dp",
    "people_scores",
    "statement",
]
