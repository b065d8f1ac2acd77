"""Right guesses of one run: published figures, slow twins written from the theorems, and games whose law is known."""

from itertools import product

import numpy as np
import pytest
from scipy import optimize, stats

from remembrain.evidence.gaussian_privacy import gaussian_epsilon
from remembrain.evidence.one_run import least_epsilon, least_mu, p_value, tail_is_possible


def slow_p_value(people, guesses, right, epsilon, delta):
    """Theorem 5.2 of Steinke, Nasr & Jagielski 2023, word by word."""
    q = np.exp(epsilon) / (np.exp(epsilon) + 1)
    mass = [stats.binom.pmf(k, guesses, q) for k in range(guesses + 1)]
    tail = sum(mass[right:])
    steps = [sum(mass[right - i : right]) / i for i in range(1, right + 1)]
    return min(1.0, tail + 2 * people * delta * max(steps, default=0.0))


@pytest.mark.parametrize("delta", [1e-12, 1e-5, 1e-3])
@pytest.mark.parametrize("epsilon", [0.0, 0.7, 3.0])
def test_the_p_value_is_that_of_a_slow_twin(delta, epsilon):
    for people, guesses, right in product((60, 500), (1, 12, 60), (1, 6, 12, 41, 60)):
        if right <= guesses:
            slow = slow_p_value(people, guesses, right, epsilon, delta)
            assert p_value(people, guesses, right, epsilon, delta) == pytest.approx(slow, rel=1e-9)
    assert p_value(60, 12, 0, epsilon, delta) == 1.0


@pytest.mark.parametrize(
    ("given", "published"),
    [((1000, 100, 75, 1e-4, 0.05), 0.673), ((100_000, 1510, 1439, 1e-5, 0.05), 2.675)],
    ids=["appendix D", "section 7"],
)
def test_bounds_are_the_published_ones(given, published):
    assert least_epsilon(*given) == pytest.approx(published, abs=1e-3)


def test_the_bound_is_where_the_p_value_crosses_the_error():
    for right in (60, 75, 100):
        bound = least_epsilon(1000, 100, right, 1e-4, 0.05)
        assert p_value(1000, 100, right, max(0.0, bound), 1e-4) <= 0.05 or bound == 0
        assert p_value(1000, 100, right, bound + 2e-4, 1e-4) > 0.05
    assert least_epsilon(1000, 100, 50, 1e-4, 0.05) == 0.0


def test_more_right_guesses_never_lower_a_bound():
    """The bound is valid only so: then it passes the truth exactly where the right guesses pass some number."""
    for people, guesses, delta in ((200, 40, 1e-3), (2000, 200, 1e-5), (2000, 800, 1e-4)):
        rights = range(0, guesses + 1, max(1, guesses // 40))
        assert np.all(np.diff([least_epsilon(people, guesses, right, delta, 0.0125) for right in rights]) >= 0)
        assert np.all(np.diff([least_mu(people, guesses, right, 0.0125) for right in rights]) >= 0)


def most_tail(people, guesses, right, mu):
    """Return the largest tail that all inequalities of theorem 3.1 for sets i, i + 1, ... allow, by convex search."""

    def slack(p):
        j = np.arange(guesses + 1)
        out = []
        for i in range(1, guesses + 1):
            wrong = np.sum((guesses - j[i - 1 : -1]) * p[i - 1 : -1]) / people
            up = np.sum(j[i:] * p[i:]) / people
            out.append(stats.norm.cdf(stats.norm.ppf(np.clip(wrong, 1e-15, 1 - 1e-15)) + mu) - up)
        return np.array(out)

    start = stats.binom.pmf(np.arange(guesses + 1), guesses, 0.5)
    found = optimize.minimize(
        lambda p: -np.sum(p[right:]),
        start,
        bounds=[(0, 1)] * (guesses + 1),
        constraints=[{"type": "ineq", "fun": slack}, {"type": "eq", "fun": lambda p: np.sum(p) - 1}],
        options={"maxiter": 500, "ftol": 1e-12},
    )
    return -found.fun


@pytest.mark.parametrize(("people", "guesses", "right"), [(1, 1, 1), (6, 6, 5), (12, 6, 5), (8, 4, 4), (40, 5, 4)])
@pytest.mark.parametrize("mu", [0.2, 1.0])
def test_the_tail_that_is_possible_is_the_largest_that_the_theorem_allows(people, guesses, right, mu):
    most = most_tail(people, guesses, right, mu)
    assert tail_is_possible(people, guesses, right, mu, most - 1e-4)
    assert not tail_is_possible(people, guesses, right, mu, most + 1e-3)


def published_algorithm(people, guesses, right, mu, tail):
    """Algorithm 3 of Mahloujifar, Melis & Chaudhuri 2025, without a shortcut; whether the tail is refuted."""
    r, h = {right: tail * right / people}, {right: tail * (guesses - right) / people}
    for i in range(right - 1, -1, -1):
        h[i] = max(h[i + 1], stats.norm.cdf(stats.norm.ppf(r[i + 1]) - mu))
        r[i] = r[i + 1] + i / (guesses - i) * (h[i] - h[i + 1])
        if r[i] + h[i] > guesses / people:
            return True
    return False


@pytest.mark.parametrize("tail", [0.001, 0.0125, 0.05])
def test_the_recursion_is_that_of_the_published_algorithm(tail):
    for people, guesses, right, mu in ((500, 50, 40, 0.3), (500, 50, 40, 1.2), (300, 300, 180, 0.1), (90, 20, 19, 0.8)):
        assert tail_is_possible(people, guesses, right, mu, tail) is not published_algorithm(
            people, guesses, right, mu, tail
        )


def test_one_guess_is_right_as_often_as_a_normal_shift_allows():
    """With one person and one guess the theorem is exact: right with a probability of Phi(mu / 2)."""
    for mu in (0.1, 1.0, 3.0):
        exact = stats.norm.cdf(mu / 2)
        assert tail_is_possible(1, 1, 1, mu, exact - 1e-9)
        assert not tail_is_possible(1, 1, 1, mu, exact + 1e-9)


def test_gaussian_noise_gives_more_than_its_epsilon_and_delta_alone():
    """Section 4.1 of the source: the same right guesses bound epsilon higher where the whole curve is used."""
    for right in (958, 815):
        whole = gaussian_epsilon(least_mu(100_000, 1000, right, 0.05), 1e-5)
        assert whole > least_epsilon(100_000, 1000, right, 1e-5, 0.05) > 1
