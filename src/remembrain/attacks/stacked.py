"""What reference models say, what the target says in disguise, and what its weights show: one logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks import _last_layer, quadratic_discriminant
from remembrain.attacks._references import NEEDS as REFERENCES
from remembrain.attacks._references import Seen, over_queries
from remembrain.attacks.bavaria import log_ratio
from remembrain.attacks.logistic import fit_logistic
from remembrain.attacks.rmia import error_variance, ratios
from remembrain.types import Access, Known, Knows, Signals

MOST = 20.0


@dataclass(frozen=True)
class Stacked:
    """Logistic regression on the scores of others, taught on known people: the likelihood ratio of BaVarIA, both parts
    of RMIA's, the quadratic discriminant's, and the log of the scan's leverage on the last layer.

    The discriminant is itself learned on known people, so these are scored by one that was learned without them.
    Log-ratios are cut at 20, beyond which all is said: of a model that knows its members by heart, others' go to -1e5,
    and their spread would hide what is near the decision.
    Boosted trees on the same and on the gradients did worse: there are hundreds of known people, not thousands.
    """

    name: str = "stacked"
    title: str = "Likelihood ratios, errors in disguise and leverage, stacked"
    access: Access = "weights"
    knows: Knows = "some members"
    needs: tuple[str, ...] = (*quadratic_discriminant.NEEDS, *_last_layer.NEEDS, REFERENCES)
    paper: str = "BaVarIA 2026 (arXiv 2603.11799), RMIA 2024 (arXiv 2312.03262), stacked as by Wolpert 1992"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Return the log-odds of membership of the unknown scans."""
        pulls = _last_layer.leverage(known, unknown)
        seen = Seen.of(known, unknown)
        alone = quadratic_discriminant.left_out(known, rng), quadratic_discriminant.log_ratio(known, unknown)
        found = _features(seen, np.concatenate(alone), np.concatenate(pulls))
        return fit_logistic(found[~seen.asked], known, found[seen.asked])


def _features(
    seen: Seen, alone: Float[np.ndarray, "scan"], pull: Float[np.ndarray, "scan"]
) -> Float[np.ndarray, "scan 5"]:
    """Return all of them side by side, the variance of errors being that of known people."""
    variance = error_variance(seen.take(~seen.asked))
    scores = np.column_stack([over_queries(log_ratio(seen)), *ratios(seen, variance), alone])
    return np.column_stack([np.clip(scores, -MOST, MOST), np.log(pull)])
