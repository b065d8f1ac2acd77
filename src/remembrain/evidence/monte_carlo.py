"""Figures of simulated audits with Monte-Carlo intervals, and whether they keep their bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from remembrain.evidence.rates import share_at_least, share_at_most
from remembrain.record.document import SelfTestLine

_MANY = 1000


def share_line(name: str, hits: Sequence[bool], least: float | None, most: float | None) -> SelfTestLine:
    """Return a share with its interval (Clopper & Pearson 1934), which has to lie within bounds."""
    value, n = float(np.mean(hits)), len(hits)
    return line(name, (value, share_at_least(value, n, 0.025), share_at_most(value, n, 0.025)), n, least, most)


def median_line(name: str, values: Sequence[float], least: float | None, most: float | None) -> SelfTestLine:
    """Return a median with its interval, of order statistics (David & Nagaraja 2003, section 7.1)."""
    ordered, n = np.sort(values), len(values)
    outside = max(1, int(stats.binom.ppf(0.025, n, 0.5)))
    ends = float(np.median(ordered)), ordered[outside - 1].item(), ordered[-outside].item()
    return line(name, ends, n, least, most)


def line(
    name: str, figure: tuple[float, float, float], n: int, least: float | None, most: float | None
) -> SelfTestLine:
    """Return a figure, and whether it keeps its bounds: by itself where it is of 1,000 audits, else by its interval.

    Parameters
    ----------
    name
        What it is.
    figure
        Value and ends of the interval.
    n
        Of how many audits.
    least, most
        The bounds.
    """
    value, low, high = figure
    lowest, highest = (value, value) if n >= _MANY else (low, high)
    passed = not (least is not None and highest < least) and not (most is not None and lowest > most)
    return SelfTestLine(name=name, value=value, low=low, high=high, n=n, least=least, most=most, passed=passed)
