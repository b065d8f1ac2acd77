"""Which p-values numbers allow: every one that people behind rounded numbers have, and none that is far off."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.survey.published.p_values import can_be, ends_of_p, p_of_fisher, p_of_means, p_of_people, p_of_questions


def around(value: float, places: int) -> tuple[float, float]:
    half = 0.5 * 10.0**-places
    return round(value, places) - half, round(value, places) + half


@pytest.mark.parametrize(
    ("value", "places", "mark", "ends"),
    [
        (0.03, 2, "", (0.025, 0.035)),
        (0.0, 3, "", (0.0, 0.0005)),
        (1.0, 2, "", (0.995, 1.0)),
        (np.nan, 0, "<0.001", (0.0, 0.001)),
        (np.nan, 0, "p < .05", (0.0, 0.05)),
        (np.nan, 0, ">0,99", (0.99, 1.0)),
    ],
)
def test_a_p_value_lies_between_ends(value: float, places: int, mark: str, ends: tuple[float, float]) -> None:
    assert ends_of_p(value, places, mark) == pytest.approx(ends, abs=1e-5)


def test_a_mark_that_is_no_bound_says_nothing() -> None:
    assert ends_of_p(np.nan, 0, "n.s.") is None
    assert ends_of_p(np.nan, 0, "") is None


def test_p_of_means_holds_that_of_the_people_themselves_by_either_test() -> None:
    """Whatever is rounded how far, and also where it is known only that at most so many answered."""
    for seed in range(30):
        rng = np.random.default_rng([3, seed])
        sizes = rng.integers(3, 60, 2)
        one, other = (rng.normal(rng.normal(50, 3), rng.uniform(1, 15), n) for n in sizes)
        places, p_places = seed % 4, 1 + seed % 3
        told = [[around(float(f(x)), places) for x in (one, other)] for f in (np.mean, lambda x: np.std(x, ddof=1))]
        told[1] = [(max(low, 0.0), high) for low, high in told[1]]
        for people in ([(n, n) for n in sizes], [(n // 2, n + 3) for n in sizes]):
            possible = p_of_means(*told, people)
            for equal in (True, False):
                p = float(stats.ttest_ind(one, other, equal_var=equal).pvalue)
                if people[0][0] == sizes[0]:
                    low, high = possible[0 if equal else 1]
                    assert low - 1e-12 <= p <= high + 1e-12, (seed, equal)
                ends = ends_of_p(round(p, p_places), p_places)
                assert ends is not None
                assert can_be(ends, possible), (seed, equal)


def test_a_p_value_far_from_what_means_allow_cannot_be() -> None:
    """52.3 (11.2) of 120 and 55.9 (12.1) of 80: p is .032 or .035."""
    possible = p_of_means([(52.25, 52.35), (55.85, 55.95)], [(11.15, 11.25), (12.05, 12.15)], [(120, 120), (80, 80)])
    for told, able in ((0.03, True), (0.04, True), (0.01, False), (0.05, False), (0.32, False)):
        ends = ends_of_p(told, 2)
        assert ends is not None
        assert can_be(ends, possible) == able, told
    fewer = p_of_means([(52.25, 52.35), (55.85, 55.95)], [(11.15, 11.25), (12.05, 12.15)], [(60, 120), (40, 80)])
    assert can_be((0.05, 0.06), fewer)
    assert not can_be((0.005, 0.015), fewer)
    assert p_of_means([(1.0, 1.0)] * 2, [(0.0, 0.0)] * 2, [(9, 9)] * 2) == [(0.0, 1.0)] * 2


def test_p_of_people_is_that_of_the_tests_of_the_field() -> None:
    counts = np.array([[12, 30], [25, 21]])
    expected = [stats.chi2_contingency(counts, correction=yates).pvalue for yates in (False, True)]
    expected.append(stats.fisher_exact(counts).pvalue)
    np.testing.assert_allclose(p_of_people(counts), np.repeat(expected, 2).reshape(3, 2))
    for seed in range(40):
        drawn = np.random.default_rng([4, seed]).integers(0, 25, (2, 2))
        if drawn.sum(axis=0).all() and drawn.sum(axis=1).all():
            assert p_of_fisher(drawn) == pytest.approx(stats.fisher_exact(drawn).pvalue)
    assert p_of_people(np.array([[10, 0], [12, 0]])) == [(0.0, 1.0)]


def test_fishers_test_of_more_levels_is_that_of_all_tables_of_the_same_margins() -> None:
    """By drawing such tables: people who change groups."""
    counts = np.array([[9, 4, 2], [3, 8, 7]])
    levels, rng = np.repeat([0, 1, 2], counts.sum(axis=0)), np.random.default_rng(0)

    def chance(first: np.ndarray) -> float:
        return float(stats.multivariate_hypergeom(counts.sum(axis=0), int(counts[0].sum())).logpmf(first))

    own = chance(counts[0])
    drawn = [np.bincount(rng.permutation(levels)[: counts[0].sum()], minlength=3) for _ in range(1000)]
    likely = np.mean([chance(one) <= own + 1e-7 for one in drawn])
    assert p_of_fisher(counts) == pytest.approx(likely, abs=4 * np.sqrt(likely / 1000))
    assert p_of_fisher(np.full((2, 8), 500)) is None
    assert (0.0, 1.0) in p_of_people(np.full((2, 8), 500))


def test_one_level_may_be_compared_with_all_others() -> None:
    counts = np.array([[10, 20, 30], [20, 20, 20]])
    alone = stats.chi2_contingency(np.array([[10, 50], [20, 40]]), correction=False).pvalue
    assert can_be((alone, alone), list(p_of_questions(counts)))
    assert not can_be((alone, alone), p_of_people(counts))
