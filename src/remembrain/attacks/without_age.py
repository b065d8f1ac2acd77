"""The likelihood ratio for an attacker who has the scan and not the age: the age is integrated out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from remembrain.attacks._references import NEEDS, Seen, over_queries
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class WithoutAge:
    """Score = log N(p; m, var_out + (1 - a)^2 t^2) - log N(p; m, var_out), p the prediction and m its mean without
    them.

    Nobody who lacks the age can train a model with the person, so only models without are used. A member's prediction
    moves from m the share 1 - a of the way to the true age, which lies around m with variance t^2 (what such models
    err by); over the unknown age that widens the Gaussian, so whoever is predicted unusually far from m is called a
    member. The share a is learned from people of whom the attacker has the age: those in its own reference models.
    """

    name: str = "lira-without-age"
    title: str = "LiRA for who has the scan and not the age"
    access: Access = "outputs"
    knows: Knows = "population"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "Carlini et al. 2022 (arXiv 2112.03570), with the label integrated out"
    fixed: ClassVar[bool] = True
    has_label: ClassVar[bool] = False

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-ratio of the unknown scans; their ages drop out of it."""
        from scipy import stats

        theirs, seen = Seen.of(known, told=False), Seen.without_labels(unknown)
        out, inside = theirs.side(inside=False), theirs.side(inside=True)
        share = float((out.mean * inside.mean).sum() / max(float(np.square(out.mean).sum()), 1e-12))
        spread = np.mean(np.square(out.mean), axis=0) * (1 - share) ** 2
        mine = seen.side(inside=False)
        variance = mine.pooled_variance() * (1 + 1 / mine.count)
        moved = seen.target - mine.mean  # the age is in both errors and cancels
        wide, narrow = np.sqrt(variance + spread), np.sqrt(variance)
        return over_queries(stats.norm.logpdf(moved, 0, wide) - stats.norm.logpdf(moved, 0, narrow))
