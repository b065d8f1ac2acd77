"""The figures of the self-test: shares and medians with Monte-Carlo intervals, and the bounds they have to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from remembrain.evidence.rates import share_at_least, share_at_most


@dataclass(frozen=True)
class Line:
    """One figure with its Monte-Carlo interval (Clopper & Pearson 1934), and the bounds that it has to keep."""

    name: str
    value: float
    low: float
    high: float
    n: int
    least: float | None
    most: float | None

    @property
    def passed(self) -> bool:
        """Whether the bounds are kept: by the figure itself where it is of 1,000 audits, else by its interval."""
        low, high = (self.value, self.value) if self.n >= 1000 else (self.low, self.high)
        return not (self.least is not None and high < self.least) and not (self.most is not None and low > self.most)


def share_line(name: str, hits: Sequence[bool], least: float | None, most: float | None) -> Line:
    """Return a share with its interval."""
    value, n = float(np.mean(hits)), len(hits)
    return Line(name, value, share_at_least(value, n, 0.025), share_at_most(value, n, 0.025), n, least, most)


def median_line(name: str, values: Sequence[float], least: float | None, most: float | None) -> Line:
    """Return a median with its interval, of order statistics (David & Nagaraja 2003, section 7.1)."""
    ordered, n = np.sort(values), len(values)
    outside = max(1, int(stats.binom.ppf(0.025, n, 0.5)))
    return Line(name, float(np.median(ordered)), ordered[outside - 1].item(), ordered[-outside].item(), n, least, most)
