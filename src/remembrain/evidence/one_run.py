r"""How many right guesses a private mechanism allows in one training run, by two theorems.

Of m people each was trained on, or not, by a fair coin of its own. Whoever sees the result guesses r of them, and v
guesses are right. The people's scores may depend on each other in any way: both theorems rest on the coins alone.

**Approximate privacy** (Steinke, Nasr & Jagielski 2023, arXiv 2305.08846, theorem 5.2). Were delta 0, each guess would
be right with at most :math:`q = e^\varepsilon / (e^\varepsilon + 1)` whatever became of the others, and the number of
right guesses at most W ~ Bin(r, q). With delta, some guesses are right for free; their number is at most
:math:`2 m \delta` on average, and its worst distribution adds

.. math:: 2 m \delta \max_{1 \le i \le v} \frac{1}{i} P(v - i \le W < v).

**Gaussian privacy** (Mahloujifar, Melis & Chaudhuri 2025, arXiv 2410.22235, theorem 3.1). Flip the coin of one person
and keep the guesses: if that guess was right it becomes wrong, and all others stay. Averaged over people and coins,
with p_j the probability of j right guesses of r, and T the trade-off function of Gaussian privacy,

.. math:: \sum_{j \ge i} \frac{j}{m} p_j \le
          1 - T\Bigl(\sum_{j \ge i} \frac{r - j + 1}{m} p_{j - 1}\Bigr)
          \quad\text{for every } i, \qquad 1 - T(x) = \Phi(\Phi^{-1}(x) + \mu).

So a probability of v or more right guesses forces one of v - 1, that forces one of v - 2, and so on; if all of them
together pass 1, it was impossible (their algorithm 3). The least forced mass is had with all of the tail at v and
every step as small as it may be: any more at one step raises the sum of right guesses, and with it all later steps.

This module must not know how guesses were chosen, or corrected for.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np
from scipy import special

_STEP = 1e-4
_BELOW_ONE = 1 - 2**-53
_quantile = NormalDist().inv_cdf


def p_value(people: int, guesses: int, right: int, epsilon: float, delta: float) -> float:
    """Return the largest probability of so many right guesses under (epsilon, delta)-privacy.

    Parameters
    ----------
    people
        Whose membership was drawn by a fair coin each, guessed or not (m).
    guesses, right
        How many were guessed (r), and how many of the guesses are right (v).
    epsilon, delta
        Of the hypothesis.
    """
    if right == 0:
        return 1.0
    q = float(special.expit(epsilon))
    tail = float(special.betainc(right, guesses - right + 1, q))
    below = np.arange(right - 1, -1, -1)
    logs = _log_choices(guesses)[below] + special.xlogy(below, q) + special.xlog1py(guesses - below, -q)
    steepest = float(np.max(np.cumsum(np.exp(logs)) / np.arange(1, right + 1)))
    return min(1.0, tail + 2 * people * delta * steepest)


@lru_cache(maxsize=4096)
def least_epsilon(people: int, guesses: int, right: int, delta: float, error: float) -> float:
    """Return the largest epsilon whose p-value is at most ``error``, rounded down by at most 1e-4; 0 if none is."""
    if p_value(people, guesses, right, 0.0, delta) > error:
        return 0.0
    low, high = 0.0, 1.0
    while p_value(people, guesses, right, high, delta) <= error:
        low, high = high, 2 * high
    while high - low > _STEP:
        middle = (low + high) / 2
        if p_value(people, guesses, right, middle, delta) <= error:
            low = middle
        else:
            high = middle
    return low


def tail_is_possible(people: int, guesses: int, right: int, mu: float, probability: float) -> bool:
    """Return whether a mu-Gaussian private mechanism may allow so many right guesses with this probability.

    ``up`` and ``down`` are the two sums of the theorem: of right and of wrong guesses over people, from the number of
    right guesses reached so far upwards. Together they are guesses / people times the mass that is forced.
    """
    up, down = probability * right / people, probability * (guesses - right) / people
    for reached in range(right, 0, -1):
        if up + down > guesses / people:
            return False
        needed = 0.5 * erfc((mu - _quantile(min(up, _BELOW_ONE))) / sqrt(2))
        if needed <= down:
            return True  # nothing is forced here, and so nothing further down
        up += (reached - 1) / (guesses - reached + 1) * (needed - down)
        down = needed
    return up + down <= guesses / people


@lru_cache(maxsize=4096)
def least_mu(people: int, guesses: int, right: int, error: float) -> float:
    """Return the largest mu under which this has a probability below ``error``, rounded down by 1e-4; 0 if none is."""
    if tail_is_possible(people, guesses, right, 0.0, error):
        return 0.0
    low, high = 0.0, 1.0
    while not tail_is_possible(people, guesses, right, high, error):
        low, high = high, 2 * high
    while high - low > _STEP:
        middle = (low + high) / 2
        if tail_is_possible(people, guesses, right, middle, error):
            high = middle
        else:
            low = middle
    return low


@lru_cache(maxsize=64)
def _log_choices(n: int) -> np.ndarray:
    """Return the logarithm of the number of ways to choose 0, ..., n of n."""
    k = np.arange(n + 1)
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))
