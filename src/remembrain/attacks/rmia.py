"""The person's likelihood under the target over that under reference models, held against the same of other people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain.attacks._references import NEEDS, Seen
from remembrain.types import Access, Known, Knows, Signals

NEIGHBOURS = 200


@dataclass(frozen=True)
class Rmia:
    """Share of population people z with [p(x | target) / p(x)] / [p(z | target) / p(z)] of at least 1 (RMIA, eq. 3).

    For a regressor p(x | model) is the Gaussian density of the error, of one variance, and p(x) its mean over reference
    models, half of which were trained with the person. With all people as z the share only ranks the ratio; here z are
    the known non-members who are as hard to predict (nearest in log p(x)), so that a ratio is held against what is
    usual for such people. The ratio itself breaks ties.
    """

    name: str = "rmia"
    title: str = "Likelihood over that of reference models, against alike people (RMIA)"
    access: Access = "outputs"
    knows: Knows = "population"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "Zarifzadeh, Liu & Shokri 2024, ICML (arXiv 2312.03262)"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return log-odds of that share."""
        from scipy import special

        seen = Seen.of(known, unknown)
        z, x = seen.take(seen.member == 0), seen.take(seen.asked)
        variance = error_variance(z)
        ratio, usual = ratios(x, variance)
        others, theirs = ratios(z, variance)
        order = np.argsort(theirs)
        others, theirs = others[order], theirs[order]
        k = min(NEIGHBOURS, len(others))
        start = np.clip(np.searchsorted(theirs, usual) - k // 2, 0, len(others) - k)
        above = np.array(
            [(value >= others[first : first + k]).mean() for value, first in zip(ratio, start, strict=True)]
        )
        rank = (above * k + 0.5) / (k + 1)
        return np.asarray(special.logit(np.clip(rank, 1e-6, 1 - 1e-6)) + 1e-3 * ratio)


def error_variance(seen: Seen) -> float:
    """Return the variance of the density of errors around 0: between that of models with the person and without.

    It is their geometric mean. That of models with the person alone takes everybody for impossible who errs as others
    do, and hides who of them is a member.
    """
    sides = (seen.side(inside=inside) for inside in (False, True))
    out, inside = (float(side.pooled_variance().mean() + np.mean(side.mean**2)) for side in sides)
    return float(np.sqrt(out * inside))


def ratios(seen: Seen, variance: float) -> tuple[Float[np.ndarray, "scan"], Float[np.ndarray, "scan"]]:
    """Return log of p(x | target) / p(x), mean over queries, and log p(x)."""
    from scipy import special

    ours = -(seen.target**2) / (2 * variance)
    theirs = special.logsumexp(-(seen.error**2) / (2 * variance), axis=1) - np.log(seen.error.shape[1])
    return (ours - theirs).mean(axis=1), theirs.mean(axis=1)
