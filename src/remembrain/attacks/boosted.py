"""Boosted trees on the likelihood ratio's parts and on what the weights show: everything at once, learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sklearn.ensemble import HistGradientBoostingClassifier

from remembrain.attacks._features import columns, numbers
from remembrain.attacks._references import NEEDS as REFERENCES
from remembrain.attacks._references import Seen
from remembrain.attacks.bavaria import log_ratio
from remembrain.attacks.rmia import error_variance, ratios
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class Boosted:
    """Boosted trees on prediction, label, error and abs(gradient) of the output layer, taught on known people.

    With reference models, also on BaVarIA's log-ratio and its parts: the mean error with and without the person, and
    how far the target's is from each.
    """

    references: bool = False
    access: Access = "weights"
    knows: Knows = "some members"

    @property
    def name(self) -> str:
        """``boosted``, or ``stacked`` with reference models."""
        return "stacked" if self.references else "boosted"

    @property
    def title(self) -> str:
        """What it is called in the report."""
        return (
            "Boosted trees on the likelihood ratio, its parts and gradients"
            if self.references
            else "Boosted trees on prediction, label and gradient of the output layer"
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """The signals it reads."""
        own = ("prediction", "label", "error", "gradient:output")
        return (*own, REFERENCES) if self.references else own

    @property
    def paper(self) -> str:
        """Where it comes from."""
        base = "Nasr, Shokri & Houmansadr 2019, IEEE S&P (arXiv 1812.00910), with trees"
        return f"{base}; BaVarIA 2026 (arXiv 2603.11799)" if self.references else base

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:
        """Return the log-odds of membership of the unknown scans, less those of a known one."""
        trees = HistGradientBoostingClassifier(
            max_iter=120,
            learning_rate=0.05,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            l2_regularization=1.0,
            max_features=0.5,
            random_state=int(rng.integers(2**31)),
        )
        trees.fit(self._features(known.signals), known.member)
        prior = np.log(known.member.sum() / (~known.member).sum())  # weights of classes would slow the binning
        return np.asarray(trees.decision_function(self._features(unknown)) - prior, dtype=float)

    def _features(self, signals: Signals) -> Float[np.ndarray, "scan feature"]:
        """Return everything side by side."""
        prediction, label, error = (numbers(signals, name) for name in ("prediction", "label", "error"))
        parts = [prediction, label, error, np.abs(error)]
        if self.references:
            seen = Seen.of(signals)
            out, inside = (seen.side(inside=side) for side in (False, True))
            ratio = log_ratio(seen).mean(axis=1)
            means = [side.mean.mean(axis=1) for side in (out, inside)]
            target = seen.target.mean(axis=1)
            above, usual = ratios(seen, error_variance(seen))
            parts += [ratio, above, usual, *means, target - means[0], target - means[1], np.abs(means[0])]
        return np.column_stack([*parts, np.abs(columns(signals, "gradient:output"))])
