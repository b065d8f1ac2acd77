"""The epsilon of Gaussian noise: against integrals, identities, and its own inverse."""

import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

from remembrain.errors import DataError
from remembrain.evidence.gaussian_privacy import gaussian_delta, gaussian_epsilon, mu_of


@pytest.mark.parametrize("mu", [0.01, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0, 4.0])
def test_delta_is_the_mass_by_which_one_density_passes_the_other(mu, epsilon):
    """Dwork & Roth 2014: the smallest delta is the integral of the positive part of p1 - e^epsilon p0."""

    def excess(x):
        return max(0.0, stats.norm.pdf(x, mu) - np.exp(epsilon) * stats.norm.pdf(x))

    start = epsilon / mu + mu / 2  # where the densities cross
    expected = integrate.quad(excess, start, max(start, mu) + 12, epsabs=1e-15, epsrel=1e-11)[0]
    assert gaussian_delta(epsilon, mu) == pytest.approx(expected, rel=1e-7, abs=1e-14)


@pytest.mark.parametrize("mu", [1e-4, 1e-2, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("deviations", [0.0, 0.5, 2.0, 6.0])
def test_delta_keeps_its_digits_where_the_terms_cancel_or_overflow(mu, deviations):
    epsilon = mu**2 / 2 + mu * deviations
    with mpmath.workdps(60):
        m, e = mpmath.mpf(mu), mpmath.mpf(epsilon)
        exact = mpmath.ncdf(-e / m + m / 2) - mpmath.exp(e) * mpmath.ncdf(-e / m - m / 2)
    assert gaussian_delta(epsilon, mu) == pytest.approx(float(exact), rel=1e-9)


def test_at_epsilon_0_delta_is_the_distance_of_the_two_distributions():
    for mu in (1e-4, 0.5, 3.0, 20.0):
        assert gaussian_delta(0.0, mu) == pytest.approx(2 * stats.norm.cdf(mu / 2) - 1, rel=1e-11)
    assert gaussian_delta(1.0, 0.0) == 0.0


@pytest.mark.parametrize("mu", [1e-4, 1e-3, 0.1, 1.0, 4.0, 20.0])
@pytest.mark.parametrize("delta", [1e-12, 1e-5, 1e-2])
def test_epsilon_and_mu_are_inverses(mu, delta):
    epsilon = gaussian_epsilon(mu, delta)
    if epsilon == 0:
        assert gaussian_delta(0.0, mu) <= delta
        assert mu_of(0.0, delta) >= mu
    else:
        assert gaussian_delta(epsilon, mu) == pytest.approx(delta, rel=1e-6)
        assert mu_of(epsilon, delta) == pytest.approx(mu, rel=1e-6)


def test_epsilon_grows_with_mu_and_falls_with_delta():
    grid = [[gaussian_epsilon(mu, delta) for mu in np.linspace(0, 20, 40)] for delta in (1e-9, 1e-5, 1e-2)]
    assert np.all(np.diff(grid, axis=1) > 0)
    assert np.all(np.diff(grid, axis=0)[:, 1:] < 0)


def test_several_gaussian_mechanisms_are_one_of_the_root_of_the_summed_squares():
    """Dong, Roth & Su 2022, corollary 3.3, by sampling two coordinates and bounding their likelihood ratio."""
    a, b, epsilon = 0.6, 0.8, 1.0
    x = np.random.default_rng(0).normal([a, b], size=(400_000, 2))
    loss = x @ [a, b] - (a**2 + b**2) / 2
    excess = np.maximum(0.0, 1 - np.exp(epsilon - loss))
    assert abs(excess.mean() - gaussian_delta(epsilon, 1.0)) < 4 * excess.std() / np.sqrt(len(excess))


@pytest.mark.parametrize(("rate", "noise", "steps"), [(0.01, 1.0, 100), (0.1, 1.0, 10), (0.5, 2.0, 50), (0.2, 0.7, 3)])
def test_sampled_noise_is_more_private_in_the_middle_than_its_tail_says(rate, noise, steps):
    """So a bound on mu from the middle of the curve stays below epsilon where training samples people (Poisson)."""
    distributions = pytest.importorskip("dp_accounting.pld.privacy_loss_distribution")
    one = distributions.from_gaussian_mechanism(noise, value_discretization_interval=1e-2, sampling_prob=rate)
    spent = one.self_compose(steps)
    epsilon = spent.get_epsilon_for_delta(1e-5)
    middle = [mu_of(x, spent.get_delta_for_epsilon(x)) for x in np.linspace(0, 0.9 * epsilon, 5)]
    found = [gaussian_epsilon(mu, 1e-5) for mu in middle]
    assert np.all(np.diff(found) > 0)
    assert found[-1] < epsilon


def test_other_noise_may_be_less_private_in_the_middle():
    """Randomised response of epsilon 1 tells as much in the middle as Gaussian noise of epsilon 5.6 at 1e-5."""
    mu = mu_of(0.0, np.tanh(0.5))
    assert gaussian_epsilon(mu, 1e-5) == pytest.approx(5.58, abs=0.01)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gaussian_delta(-1.0, 1.0), "epsilon is -1"),
        (lambda: gaussian_delta(1.0, np.nan), "mu is nan"),
        (lambda: gaussian_epsilon(np.inf, 0.1), "mu is inf"),
        (lambda: gaussian_epsilon(1.0, 0.0), "delta is 0"),
        (lambda: mu_of(1.0, 1.0), "delta is 1"),
        (lambda: mu_of(np.inf, 0.1), "epsilon is inf"),
    ],
)
def test_what_is_no_epsilon_mu_or_delta_is_refused(call, said):
    with pytest.raises(DataError, match=said):
        call()
