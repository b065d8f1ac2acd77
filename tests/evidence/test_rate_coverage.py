"""Do intervals of true-positive rates contain the truth as often as they say, and no more often than they must?

The truth of every shape is known in closed form. A coverage of c is seen in d draws with a standard error of
sqrt(c (1 - c) / d); three of them are allowed beyond 94 and 98.5 %, between which it has to lie wherever the lower end
can be above 0. Where it cannot, and where nearly everybody is caught, one end never errs: no ceiling holds there.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.people import join
from remembrain.evidence.rates import resolved, tpr_interval
from remembrain.types import Interval, Scores

LEAST, MOST = 0.94, 0.985


def ahead(auc):
    return np.sqrt(2) * stats.norm.ppf(auc)


def ratio(auc):
    return np.tan(np.pi * auc / 2)


def normal(auc):
    return (
        lambda rng, n: rng.normal(size=n) + ahead(auc),
        lambda rng, n: rng.normal(size=n),
        lambda f: stats.norm.sf(stats.norm.isf(f) - ahead(auc)),
    )


def error(auc):
    return (
        lambda rng, n: -np.abs(rng.normal(size=n)),
        lambda rng, n: -ratio(auc) * np.abs(rng.normal(size=n)),
        lambda f: 2 * stats.norm.cdf(ratio(auc) * stats.norm.ppf((1 + f) / 2)) - 1,
    )


def memorised(share):
    return (
        lambda rng, n: rng.normal(size=n) + 6 * (rng.random(n) < share),
        lambda rng, n: rng.normal(size=n),
        lambda f: (1 - share) * f + share * stats.norm.sf(stats.norm.isf(f) - 6),
    )


SHAPES = {
    "no leak": normal(0.5),
    "AUC 0.65": normal(0.65),
    "AUC 0.81": normal(0.81),
    "AUC 0.95": normal(0.95),
    "error, AUC 0.9": error(0.9),
    "5 % memorised": memorised(0.05),
    "heavy tails": (
        lambda rng, n: rng.standard_t(2, n) + 1,
        lambda rng, n: rng.standard_t(2, n),
        lambda f: stats.t.sf(stats.t.isf(f, 2) - 1, 2),
    ),
}


def covered(shape, n, fpr, draws, seed):
    rng, (ours, others, truth) = np.random.default_rng(seed), SHAPES[shape]
    names, member, hits = np.arange(2 * n).astype(str), np.arange(2 * n) < n, 0
    for _ in range(draws):
        score = np.concatenate([ours(rng, n), others(rng, n)])
        found = tpr_interval(join([Scores("x", 0, names, np.full(2 * n, ""), member, score)]), fpr, 0.95)
        assert isinstance(found, Interval)
        hits += found.low <= truth(fpr) <= found.high
    return hits / draws


def check(shape, n, fpr, draws, seed):
    share = covered(shape, n, fpr, draws, seed)
    assert share >= LEAST - 3 * np.sqrt(LEAST * (1 - LEAST) / draws), share
    if resolved(fpr, n, 0.95):
        assert share <= MOST + 3 * np.sqrt(MOST * (1 - MOST) / draws), share


@pytest.mark.parametrize(
    ("shape", "n", "fpr"),
    [("no leak", 120, 0.1), ("AUC 0.81", 400, 0.01), ("5 % memorised", 400, 0.01), ("error, AUC 0.9", 120, 0.1)],
)
def test_rates_are_covered_neither_too_seldom_nor_too_often(shape, n, fpr):
    check(shape, n, fpr, 200, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("fpr", [0.1, 0.01])
@pytest.mark.parametrize("n", [120, 300, 1000])
@pytest.mark.parametrize("shape", list(SHAPES))
def test_rates_are_covered_in_every_cell(shape, n, fpr):
    check(shape, n, fpr, 1500, seed=2)
