"""How unusually small an error is for a scan like this: the errors of non-members, predicted from the scan alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import numbers
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class UnusualError:
    """Score = -log of the probability that a non-member like this errs by no more (Bertran et al. 2023, regression
    form).

    Boosted trees predict the mean of log abs(error) from prediction and label, on known non-members alone; what is
    left has one spread, that of a Gaussian. No member needs to be known, and no reference model trained.
    """

    name: str = "unusual-error"
    title: str = "Errors that are small for a non-member like this"
    access: Access = "outputs"
    knows: Knows = "population"
    needs: tuple[str, ...] = ("prediction", "label", "error")
    paper: str = "Bertran et al. 2023, NeurIPS (arXiv 2307.03694)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Return -log of that probability, less what half of non-members have."""
        from scipy import special
        from sklearn.ensemble import HistGradientBoostingRegressor

        others = ~known.member
        features, asked = _features(known.signals)[others], _features(unknown)
        size = np.log(np.abs(numbers(known.signals, "error")[others]) + 1e-6)
        half = rng.permutation(len(size)) < len(size) // 2  # the spread is judged where the trees did not learn
        trees = HistGradientBoostingRegressor(
            max_iter=60, learning_rate=0.05, min_samples_leaf=20, random_state=int(rng.integers(2**31))
        )
        trees.fit(features[half], size[half])
        rest = size[~half] - trees.predict(features[~half])
        away = np.log(np.abs(numbers(unknown, "error")) + 1e-6) - trees.predict(asked)
        below = special.log_ndtr((away - rest.mean()) / max(float(rest.std()), 1e-6))
        return np.asarray(-below - np.log(2.0))


def _features(signals: Signals) -> Float[np.ndarray, "scan 2"]:
    """Return what does not tell the size of the error by itself."""
    prediction, label = numbers(signals, "prediction"), numbers(signals, "label")
    return np.column_stack([(prediction + label) / 2, label])
