"""The inner product, against a loop over people and cells and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from made_survey import VIEWS
from naive_tables import insist_on_parts, like_the_population, naive_parts, tables_of_each, two_levels
from remembrain.survey.attacks.inner_product import InnerProduct

ATTACK = InnerProduct()


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def of_share(x: int, f: float, q: float, edge: float) -> float:
    return (x - q) * (f - q) / (q * (1 - q))


def of_mean(x: float, f: float, q: float, variance: float) -> float:
    return (x - q) * (f - q) / variance


@pytest.mark.parametrize("case", VIEWS)
def test_scores_that_add_up_are_those_of_a_loop_over_people_and_cells(case: str) -> None:
    view = VIEWS[case]()
    insist_on_parts(ATTACK, view, of_share, of_mean)
    total = naive_parts(view, of_share, of_mean).sum(axis=1)
    np.testing.assert_allclose(ATTACK.score(view, rng()), total, rtol=1e-9, atol=1e-9)


def test_each_person_can_be_held_against_tables_of_their_own() -> None:
    insist_on_parts(ATTACK, tables_of_each(), of_share, of_mean)


def test_one_question_of_two_levels_by_hand() -> None:
    view, f, q = two_levels()
    np.testing.assert_allclose(ATTACK.score(view, rng()), [2 * (q - f) / (1 - q), 2 * (f - q) / q, 0])


def test_tables_that_are_those_of_the_population_tell_nothing() -> None:
    np.testing.assert_allclose(ATTACK.score(like_the_population(), rng()), 0, atol=1e-9)
