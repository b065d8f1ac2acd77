"""Which p-values the comparison of two groups can have, by the numbers that are told of them.

Numbers are rounded, so that each is known between two ends, and so is every p-value: of means by Student's t test or
Welch's (1947, Biometrika 34:28), of people by Pearson's chi-square, with Yates's correction (1934, J. R. Stat. Soc.
Suppl. 1:217), or by Fisher's exact test, as Freeman & Halton (1951, Biometrika 38:141) have it of more levels. Of
tests that cannot be computed anything is possible. This module must not know any table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int
from scipy import special, stats

Ends: TypeAlias = tuple[float, float]
"""Between which two numbers, both of them included, a number lies."""

MOST_TABLES = 1_000_000
"""Tables of the same margins, of which Fisher's exact test is computed."""
_FINE = 1.001
"""By how much more than half of its last place a p-value may be off, for what computers make of it."""
_BOUND = re.compile(r"(?:p\s*)?(?P<sign>[<>≤≥])=?\s*(?P<bound>[01]?[.,][0-9]+)", re.IGNORECASE)
OTHER_P = re.compile(r"\b(?:for|adjusted|adj|trend|interaction)\b", re.IGNORECASE)
"""In the heading of p-values that are of no plain comparison of groups."""
OTHER_TESTS = re.compile(
    r"mann|whitney|wilcoxon|rank|kruskal|ancova|adjust|regression|trend|mixed|(?<!un)paired|one.(?:sided|tailed)|permut|"
    r"bootstrap|likelihood.ratio|\blog|transform|bonferroni|corrected for",
    re.IGNORECASE,
)
"""In the words around a table: tests other than those that p-values are held against."""


def ends_of_p(value: float, places: int, mark: str = "") -> Ends | None:
    """Return between which ends a p-value lies that is told with decimals, or by a mark such as ``<0.001``."""
    if np.isfinite(value):
        half = 0.5 * 10.0**-places * _FINE
        return max(value - half, 0.0), min(value + half, 1.0)
    match = _BOUND.fullmatch(mark.strip())
    if match is None:
        return None
    bound = float(match["bound"].replace(",", "."))
    return (0.0, bound) if match["sign"] in "<≤" else (bound, 1.0)


def can_be(p: Ends, possible: Sequence[Ends]) -> bool:
    """Tell whether a p-value is one that any of several tests can have."""
    room = 1e-9
    return any(low - room <= p[1] and p[0] <= high + room for low, high in possible)


def p_of_means(mean: Sequence[Ends], sd: Sequence[Ends], people: Sequence[Ends]) -> list[Ends]:
    """Return between which ends p lies by Student's t test, and by Welch's.

    Parameters
    ----------
    mean, sd, people
        Of both groups; standard deviations are of n - 1.
    """
    some = [np.unique(np.round(np.linspace(max(low, 2), max(high, 2), 5))) for low, high in people]
    every = [_p_of_sizes(mean, sd, (float(first), float(second))) for first, second in product(*some)]
    return [(min(one[test][0] for one in every), max(one[test][1] for one in every)) for test in (0, 1)]


def _p_of_sizes(mean: Sequence[Ends], sd: Sequence[Ends], people: tuple[float, float]) -> tuple[Ends, Ends]:
    """Return the same of groups of these sizes."""
    apart = (mean[1][0] - mean[0][1], mean[1][1] - mean[0][0])
    least = 0.0 if apart[0] <= 0 <= apart[1] else min(map(abs, apart))
    most = max(map(abs, apart))
    first, second = people
    free = first + second - 2
    student, welch = [], []
    for side in (0, 1):
        squares = [one[side] ** 2 for one in sd]
        pooled = ((first - 1) * squares[0] + (second - 1) * squares[1]) / free
        student.append(np.sqrt(pooled * (1 / first + 1 / second)))
        welch.append(np.sqrt(squares[0] / first + squares[1] / second))
    freedoms = _welch_freedom(sd, people)
    return _p_between(least, most, student, (free, free)), _p_between(least, most, welch, freedoms)


def _p_between(least: float, most: float, error: Sequence[float], freedom: Ends) -> Ends:
    """Return p of differences between two ends, with standard errors and degrees of freedom between two ends."""
    with np.errstate(divide="ignore", invalid="ignore"):
        far, near = np.divide(most, error[0]), np.divide(least, error[1])
    far, near = (np.inf if np.isnan(far) else far), (0.0 if np.isnan(near) else near)
    return float(2 * stats.t.sf(far, freedom[1])), float(2 * stats.t.sf(near, freedom[0]))


def _welch_freedom(sd: Sequence[Ends], people: tuple[float, float]) -> Ends:
    """Return the least and most degrees of freedom of Welch's test: those at ends of the ratio, or at its best."""
    first, second = people

    def freedom(ratio: float) -> float:
        return float((ratio + 1) ** 2 / (ratio**2 / (first - 1) + 1 / (second - 1)))

    ratios = []
    for one, other in ((0, 1), (1, 0)):
        if sd[1][other] == 0:
            return min(first, second) - 1, first + second - 2
        ratios.append((sd[0][one] ** 2 / first) / (sd[1][other] ** 2 / second))
    ends = [freedom(ratio) for ratio in ratios]
    best = (first - 1) / (second - 1)
    return min(ends), (first + second - 2 if ratios[0] <= best <= ratios[1] else max(ends))


def p_of_people(counts: Int[np.ndarray, "2 level"]) -> list[Ends]:
    """Return p of people by level in two groups, by each test."""
    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2 or (counts.sum(axis=1) == 0).any():
        return [(0.0, 1.0)]
    found = [float(stats.chi2_contingency(counts, correction=False).pvalue)]
    if counts.shape[1] == 2:
        found.append(float(stats.chi2_contingency(counts, correction=True).pvalue))
    exact = p_of_fisher(counts)
    return [(one, one) for one in found] + [(0.0, 1.0) if exact is None else (exact, exact)]


def p_of_fisher(counts: Int[np.ndarray, "2 level"]) -> float | None:
    """Return p of Fisher's exact test: of all tables of these margins that are no more likely; None if too many."""
    columns, row = counts.sum(axis=0), int(counts[0].sum())
    if np.prod(columns[:-1] + 1.0) > MOST_TABLES:
        return None
    chance = np.zeros(1)
    left = np.full(1, row)
    for column in columns[:-1].tolist():
        more = np.arange(column + 1)
        chance = (chance[:, None] + _log_choose(np.full(len(more), column), more)).ravel()
        left = (left[:, None] - more).ravel()
    able = (left >= 0) & (left <= columns[-1])
    chance = chance[able] + _log_choose(np.full(int(able.sum()), columns[-1]), left[able])
    own = float(_log_choose(columns, counts[0]).sum())
    total = float(_log_choose(np.array([columns.sum()]), np.array([row]))[0])
    return min(1.0, float(np.exp(chance[chance <= own + 1e-7] - total).sum()))


def _log_choose(of: Int[np.ndarray, "case"], some: Int[np.ndarray, "case"]) -> Float[np.ndarray, "case"]:
    """Return the logarithm of how many ways there are to choose some of so many."""
    return np.asarray(special.gammaln(of + 1) - special.gammaln(some + 1) - special.gammaln(of - some + 1))


def p_of_questions(counts: Int[np.ndarray, "2 level"]) -> Iterator[Ends]:
    """Yield p of a whole question, and of each of its levels against all others."""
    yield from p_of_people(counts)
    if counts.shape[1] > 2:
        for level in range(counts.shape[1]):
            own = counts[:, level]
            yield from p_of_people(np.stack([own, counts.sum(axis=1) - own], axis=1))
