"""What a training has spent: epsilon of the steps taken, by two accountants that share no code.

Opacus's Renyi accountant is the one of record: a proven upper bound that needs no numerical approximation and works
for any amount of noise. Google's dp-accounting gives the second opinion, by privacy loss distributions, which are
tighter, where these can be computed, and by its own Renyi accountant elsewhere.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from remembrain.errors import RemembrainError, UsageError

Spent: TypeAlias = tuple[tuple[float, float, int], ...]
"""Noise multiplier, sampling rate (1 where everybody is used) and number of steps, in the order they were taken."""

_TIGHT_UP_TO = 100.0
_AGREE = 1.01
_LEAST_NOISE, _MOST_NOISE = 1e-3, 1e4
_COARSE, _PRECISION = 0.01, 2e-3
_LOWER = 0.9
WHOLE_ORDERS = (*(float(order) for order in range(2, 64)), 80.0, 96.0, 128.0, 192.0, 256.0, 384.0, 512.0)
ORDERS = (1.05, *(1 + order / 10 for order in range(1, 10)), 2.5, 3.5, 4.5, 5.5, *WHOLE_ORDERS)
"""Renyi orders: any of them gives an upper bound, and the least of these counts. Whole numbers are quickly computed."""


@dataclass(frozen=True)
class Opinion:
    """Epsilon at a delta, and who says so."""

    epsilon: float
    accountant: str


def epsilon_of(spent: Spent, delta: float) -> float:
    """Return the epsilon of what was spent, by Opacus's Renyi accountant; infinity where a step had no noise.

    Source: Mironov 2017 (arXiv 1702.07476); Mironov, Talwar & Zhang 2019 (arXiv 1908.10530) for Poisson sampling.
    """
    return _epsilon(spent, delta, ORDERS)


def _epsilon(spent: Spent, delta: float, orders: tuple[float, ...]) -> float:
    """Return an upper bound on epsilon from some Renyi orders: more of them can only lower it."""
    spent = compact(spent)
    if not spent:
        return 0.0
    if any(noise <= 0 for noise, _, _ in spent):
        return math.inf
    from opacus.accountants.analysis import rdp

    with _quiet():
        curve = sum(steps * _curve(noise, rate, orders) for noise, rate, steps in spent)
        return max(0.0, float(rdp.get_privacy_spent(orders=list(orders), rdp=curve, delta=delta)[0]))


@lru_cache(maxsize=4096)
def _curve(noise: float, rate: float, orders: tuple[float, ...]) -> Float[np.ndarray, "order"]:
    """Return the Renyi divergence of one step at each order; that of several steps is their multiple."""
    from opacus.accountants.analysis import rdp

    with _quiet():
        return np.atleast_1d(rdp.compute_rdp(q=rate, noise_multiplier=noise, steps=1, orders=list(orders)))


def spent_of(entries: Iterable[Sequence[float]]) -> Spent:
    """Return entries that were kept as JSON as accountants read them."""
    return tuple((float(noise), float(rate), int(steps)) for noise, rate, steps in entries)


def compact(spent: Spent) -> Spent:
    """Return the same with steps of one kind in one entry, and without entries of no step."""
    joined: dict[tuple[float, float], int] = {}
    for noise, rate, steps in spent:
        joined[noise, rate] = joined.get((noise, rate), 0) + steps
    return tuple((noise, rate, steps) for (noise, rate), steps in joined.items() if steps)


def first_opinion(spent: Spent, delta: float) -> Opinion:
    """Return the epsilon of record."""
    return Opinion(epsilon_of(spent, delta), f"Opacus {metadata.version('opacus')}, Rényi")


def second_opinion(spent: Spent, delta: float) -> Opinion:
    """Return the epsilon by dp-accounting.

    Source: Doroshenko, Ghazi, Kamath, Kumar & Manurangsi 2022 (arXiv 2207.04380) for privacy loss distributions.

    Raises
    ------
    RemembrainError
        Where a tight one is above the epsilon of record by more than one part in a hundred: then neither is to be
        relied on.
    """
    first = epsilon_of(spent, delta)
    name = f"dp-accounting {metadata.version('dp-accounting')}"
    if not math.isfinite(first):
        return Opinion(math.inf, name)
    tight = first <= _TIGHT_UP_TO
    found = _by_dp_accounting(compact(spent), delta, tight=tight)
    if tight and found > _AGREE * first + 1e-6:
        raise RemembrainError(
            f"two accountants disagree: epsilon {first:.4g} by Opacus, {found:.4g} by {name}, at delta {delta:g}",
            try_next="another --noise-multiplier; no epsilon is stated that one of them does not confirm",
        )
    return Opinion(found, f"{name}, {'privacy loss distributions' if tight else 'Rényi'}")


@lru_cache(maxsize=256)
def _by_dp_accounting(spent: Spent, delta: float, *, tight: bool) -> float:
    """Compose the steps as events of dp-accounting, for neighbours that differ by one person added or removed."""
    import dp_accounting as dp
    from dp_accounting.pld import PLDAccountant
    from dp_accounting.rdp import RdpAccountant

    relation = dp.NeighboringRelation.ADD_OR_REMOVE_ONE
    accountant = PLDAccountant(relation) if tight else RdpAccountant(list(ORDERS), relation)
    with _quiet():
        for noise, rate, steps in spent:
            event: dp.DpEvent = dp.GaussianDpEvent(noise)
            if rate < 1:
                event = dp.PoissonSampledDpEvent(rate, event)
            accountant.compose(dp.SelfComposedDpEvent(event, steps))
        return float(accountant.get_epsilon(delta))


@lru_cache(maxsize=256)
def noise_for(epsilon: float, delta: float, rate: float, steps: int, before: Spent = ()) -> float:
    """Return the least noise multiplier (to two parts in a thousand, from above) whose steps keep to an epsilon.

    Parameters
    ----------
    epsilon, delta
        What may be spent in all.
    rate, steps
        Of the training.
    before
        What is spent beside the steps.

    Raises
    ------
    UsageError
        Where no amount of noise keeps to it.
    """

    def spent_with(noise: float, orders: tuple[float, ...]) -> float:
        return _epsilon((*before, (noise, rate, steps)), delta, orders)

    low, high = _LEAST_NOISE, 1.0
    while spent_with(high, WHOLE_ORDERS) > epsilon:
        low, high = high, 2 * high
        if high > _MOST_NOISE:
            raise UsageError(
                f"epsilon {epsilon:g} at delta {delta:g} is out of reach for {steps} steps at sampling rate {rate:.3g}",
                try_next="fewer --epochs, a smaller --batch-size, a larger --epsilon, or more people",
            )
    low, high = _halved(lambda noise: spent_with(noise, WHOLE_ORDERS) <= epsilon, low, high, _COARSE)
    while spent_with(low, ORDERS) <= epsilon and low > _LEAST_NOISE:
        low, high = _LOWER * low, low
    return _halved(lambda noise: spent_with(noise, ORDERS) <= epsilon, low, high, _PRECISION)[1]


def _halved(enough: Callable[[float], bool], low: float, high: float, precision: float) -> tuple[float, float]:
    """Halve the bracket of the least noise that is enough until its relative width is this."""
    while high - low > precision * high:
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return low, high


def repeated(spent: Sequence[Spent], delta: float) -> float:
    """Return the epsilon of several trainings on the same people, all of whose models are seen (composition)."""
    return epsilon_of(tuple(step for one in spent for step in one), delta)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep accountants from telling which of their orders they left out: every order gives an upper bound."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
