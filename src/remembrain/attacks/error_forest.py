"""A random forest on the absolute error, as published: kept to be compared with the threshold that betters it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import numbers
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class ErrorForest:
    """Share of trees that call a scan a member, less one half.

    Trees grow until their leaves are pure, which on one number recalls the nearest known scans instead of a threshold.
    Settings are not stated by the source: 100 trees, scikit-learn's defaults, both classes weighing the same.
    """

    name: str = "error-forest"
    title: str = "Random forest on the absolute error"
    access: Access = "outputs"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("error",)
    paper: str = "Gupta et al. 2021, MIDL (arXiv 2105.02866)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Return the share of trees less one half."""
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(class_weight="balanced", random_state=int(rng.integers(2**31)), n_jobs=1)
        forest.fit(np.abs(numbers(known.signals, "error"))[:, None], known.member)
        shares = forest.predict_proba(np.abs(numbers(unknown, "error"))[:, None])
        return np.asarray(shares[:, list(forest.classes_).index(True)] - 0.5)
