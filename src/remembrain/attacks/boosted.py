"""Boosted trees on what a black box says and on what the weights show of the last layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._features import columns, numbers
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class Boosted:
    """Boosted trees on prediction, label, error and abs(gradient) of the output layer, taught on known people."""

    name: str = "boosted"
    title: str = "Boosted trees on prediction, label and gradient of the output layer"
    access: Access = "weights"
    knows: Knows = "some members"
    needs: tuple[str, ...] = ("prediction", "label", "error", "gradient:output")
    paper: str = "Nasr, Shokri & Houmansadr 2019, IEEE S&P (arXiv 1812.00910), with trees"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Return the log-odds of membership of the unknown scans, less those of a known one."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        trees = HistGradientBoostingClassifier(
            max_iter=120,
            learning_rate=0.05,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            l2_regularization=1.0,
            max_features=0.5,
            random_state=int(rng.integers(2**31)),
        )
        trees.fit(_features(known.signals), known.member)
        prior = np.log(known.member.sum() / (~known.member).sum())  # weights of classes would slow the binning
        return np.asarray(trees.decision_function(_features(unknown)) - prior, dtype=float)


def _features(signals: Signals) -> Float[np.ndarray, "scan feature"]:
    """Return everything side by side."""
    prediction, label, error = (numbers(signals, name) for name in ("prediction", "label", "error"))
    return np.column_stack([prediction, label, error, np.abs(error), np.abs(columns(signals, "gradient:output"))])
