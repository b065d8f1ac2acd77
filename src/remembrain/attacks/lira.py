"""The likelihood ratio of the target's error with and without the person (LiRA), for regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from remembrain.attacks._references import NEEDS, Seen, over_queries
from remembrain.types import Access, Known, Knows, Signals


@dataclass(frozen=True)
class Lira:
    """Score = log N(e; mean_in, var_in) - log N(e; mean_out, var_out), e the target's signed error of the person.

    Carlini et al. 2022, algorithm 1, with signed errors in place of scaled confidences: an error is about Gaussian over
    trainings, and a memorised one moves towards 0 from whichever side. ``pooled`` takes one variance for everybody (the
    source's choice for few models). Offline, without models that were trained with the person, the score is -log of the
    probability that such a model errs by no more: members err by unusually little (the source's one-sided test, of the
    size of the error).
    """

    online: bool = True
    pooled: bool = True
    access: Access = "outputs"
    knows: Knows = "population"
    needs: tuple[str, ...] = ("label", NEEDS)
    paper: str = "Carlini et al. 2022, IEEE S&P (arXiv 2112.03570)"
    fixed: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """``lira``, ``lira-offline``, and with ``-own`` where every person has a variance."""
        return "lira" + ("" if self.online else "-offline") + ("" if self.pooled else "-own")

    @property
    def offline(self) -> bool:
        """Whether it needs no model that was trained with the person."""
        return not self.online

    @property
    def title(self) -> str:
        """What it is called in the report."""
        kind = "models with and without the person" if self.online else "models without the person"
        spread = "one spread for everybody" if self.pooled else "a spread for each person"
        return f"LiRA, {kind}, {spread}"

    def score(self, known: Known, unknown: Signals, rng: np.random.Generator) -> Float[np.ndarray, "scan"]:  # noqa: ARG002
        """Return the log-ratio of the unknown scans."""
        from scipy import stats

        seen = Seen.of(known, unknown, told=False)
        if not self.online:
            return np.asarray(unusually_small(seen, pooled=self.pooled)[seen.asked])
        out, inside = (seen.side(inside=side) for side in (False, True))
        out_spread = np.sqrt(out.pooled_variance() if self.pooled else out.own_variance())
        in_spread = np.sqrt(inside.pooled_variance() if self.pooled else inside.own_variance())
        # the mean of k models is itself uncertain by variance / k
        in_width, out_width = in_spread * np.sqrt(1 + 1 / inside.count), out_spread * np.sqrt(1 + 1 / out.count)
        ratio = stats.norm.logpdf(seen.target, inside.mean, in_width) - stats.norm.logpdf(
            seen.target, out.mean, out_width
        )
        return np.asarray(over_queries(ratio)[seen.asked])


def unusually_small(seen: Seen, *, pooled: bool = True) -> Float[np.ndarray, "scan"]:
    """Return -log of the probability that a model without the person errs by no more, less what half of them have.

    Errors are averaged over queries first: the mean of several such logarithms would not be above 0 for half of those
    who were not members. The mean of k models is itself uncertain by variance / k.

    Parameters
    ----------
    seen
        Errors of the target, and of models without the person.
    pooled
        Whether one variance stands for everybody.
    """
    from scipy import special

    seen = seen.over_queries()
    out = seen.side(inside=False)
    spread = np.sqrt((out.pooled_variance() if pooled else out.own_variance()) * (1 + 1 / out.count))
    size = np.abs(seen.target)
    within = special.ndtr((size - out.mean) / spread) - special.ndtr((-size - out.mean) / spread)
    return np.asarray(-np.log(np.maximum(within, 1e-300)) - np.log(2.0))[:, 0]
