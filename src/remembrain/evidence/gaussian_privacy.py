r"""The epsilon of Gaussian noise: exact, in closed form.

A mechanism is :math:`(\varepsilon, \delta)`-private where no event is more than :math:`e^\varepsilon` times as likely
with a person as without, but for a probability :math:`\delta`, and the other way round. It is :math:`\mu`-Gaussian
private where telling with from without is never easier than telling N(mu, 1) from N(0, 1) (Dong, Roth & Su 2022,
arXiv 1905.02383, definition 2.6); then it has an epsilon for every delta. This module must not know of scores.
"""

from __future__ import annotations

from math import exp, expm1, isfinite, log, sqrt

from scipy import optimize, special

from remembrain.errors import DataError


def gaussian_delta(epsilon: float, mu: float) -> float:
    r"""Return the delta of a mu-Gaussian private mechanism at an epsilon.

    .. math:: \delta = \Phi(-\varepsilon/\mu + \mu/2) - e^\varepsilon \Phi(-\varepsilon/\mu - \mu/2)

    Balle & Wang 2018 (arXiv 1805.06530), theorem 8, with mu the sensitivity over the noise; Dong, Roth & Su 2022,
    corollary 2.13. Both terms are taken as logarithms, so that neither the power nor the difference overflows or
    cancels.

    Raises
    ------
    DataError
        Where epsilon or mu is negative or not finite.
    """
    _not_negative(epsilon=epsilon, mu=mu)
    if mu == 0:
        return 0.0
    first = float(special.log_ndtr(-epsilon / mu + mu / 2))
    second = epsilon + float(special.log_ndtr(-epsilon / mu - mu / 2))
    return exp(first) * -expm1(min(0.0, second - first))


def gaussian_epsilon(mu: float, delta: float) -> float:
    """Return the epsilon of a mu-Gaussian private mechanism at a delta: the inverse of :func:`gaussian_delta`.

    0 where mu is so small that delta alone covers it. The root lies below mu^2 / 2 + mu (2 log 1/delta)^(1/2), where
    the first term of delta is at most delta by the Gaussian tail bound.

    Raises
    ------
    DataError
        Where mu is negative or not finite, or delta not between 0 and 1.
    """
    _not_negative(mu=mu)
    between(delta=delta)
    if gaussian_delta(0.0, mu) <= delta:
        return 0.0
    most = mu**2 / 2 + mu * sqrt(2 * log(1 / delta))
    return float(optimize.brentq(lambda epsilon: gaussian_delta(epsilon, mu) - delta, 0.0, most, xtol=1e-15))


def mu_of(epsilon: float, delta: float) -> float:
    """Return the mu whose Gaussian private mechanism has exactly this epsilon at this delta.

    Raises
    ------
    DataError
        Where epsilon is negative or not finite, or delta not between 0 and 1.
    """
    _not_negative(epsilon=epsilon)
    between(delta=delta)
    if epsilon == 0:
        return 2 * float(special.ndtri((1 + delta) / 2))
    most = 1.0
    while gaussian_delta(epsilon, most) < delta:
        most *= 2
    return float(optimize.brentq(lambda mu: gaussian_delta(epsilon, mu) - delta, 0.0, most, xtol=1e-15))


def _not_negative(**numbers: float) -> None:
    """Raise where a number is negative, infinite or NaN."""
    for name, number in numbers.items():
        if not (isfinite(number) and number >= 0):
            raise DataError(f"{name} is {number}", expected="a finite number, at least 0")


def between(**numbers: float) -> None:
    """Raise where a number is not strictly between 0 and 1, such as a delta or a confidence."""
    for name, number in numbers.items():
        if not 0 < number < 1:
            raise DataError(f"{name} is {number}", expected="a number between 0 and 1")
