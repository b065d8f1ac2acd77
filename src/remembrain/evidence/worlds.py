r"""A figure over independent repetitions of a whole experiment: its mean, and where it would lie over all of them.

For figures of a *procedure*: how well members are told on average over groups that could have been drawn, tables that
could have been published and people who could have been known. Each repetition draws all of that anew, so their figures
are independent but for the finite file that all draw from, and Student's interval holds. This module must not know what
is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import special, stats

from remembrain.errors import DataError
from remembrain.types import Interval


def over_worlds(
    values: Sequence[float], n_members: int, n_nonmembers: int, *, confidence: float = 0.95, comparisons: int = 1
) -> Interval:
    """Return the mean of shares over repetitions, with Student's interval on the logit scale.

    Parameters
    ----------
    values
        The figure of each repetition, from 0 to 1; at least two.
    n_members, n_nonmembers
        People tested in the smallest repetition.
    confidence, comparisons
        All of so many intervals together have this confidence (Bonferroni).

    Notes
    -----
    The half-width is that of the mean divided by v (1 - v), the slope of the logit (delta method), so the interval
    does not leave 0 to 1. Where all values are the same, their spread is taken to be that of one person in n.

    Raises
    ------
    DataError
        Where there are fewer than two values, or one is not a share.
    """
    found = np.asarray(values, dtype=float)
    if len(found) < 2 or not np.all((found >= 0) & (found <= 1)):
        raise DataError(f"{len(found)} repetitions of a share", expected="at least two numbers from 0 to 1")
    mean, k = float(found.mean()), len(found)
    least = 0.5 / max(1, min(n_members, n_nonmembers))
    spread = max(float(found.std(ddof=1)), least) / np.sqrt(k)
    inside = float(np.clip(mean, least, 1 - least))
    quantile = float(stats.t.ppf(1 - (1 - confidence) / (2 * comparisons), k - 1))
    reach = quantile * spread / (inside * (1 - inside))
    low, high = (float(special.expit(special.logit(inside) + side * reach)) for side in (-1, 1))
    return Interval(mean, min(low, mean), max(high, mean), n_members, n_nonmembers, confidence)


def difference_over_worlds(
    first: Sequence[float], second: Sequence[float], n_members: int, n_nonmembers: int, *, confidence: float = 0.95
) -> Interval:
    """Return the mean difference of two figures of the same repetitions, with Student's interval.

    Raises
    ------
    DataError
        Where there are fewer than two, or not as many of one as of the other.
    """
    if len(first) != len(second) or len(first) < 2:
        raise DataError(f"{len(first)} and {len(second)} repetitions", expected="the same, at least two")
    found = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    reach = float(stats.t.ppf((1 + confidence) / 2, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found)))
    mean = float(found.mean())
    return Interval(mean, mean - reach, mean + reach, n_members, n_nonmembers, confidence)
