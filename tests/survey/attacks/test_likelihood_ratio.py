"""The likelihood ratio, against a loop over people and cells and by hand."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from made_survey import VIEWS, places_of
from naive_tables import (
    insist_on_parts,
    like_the_population,
    naive_parts,
    stands_in_an_empty_cell,
    tables_of_each,
    two_levels,
)
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.attacks.own_cell import SURELY_NOT

ATTACK = LikelihoodRatio()


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def of_share(x: int, f: float, q: float, edge: float) -> float:
    return log(max(f, edge) / q) if x else 0.0


def of_mean(x: float, f: float, q: float, variance: float) -> float:
    return ((x - q) ** 2 - (x - f) ** 2) / (2 * variance)


@pytest.mark.parametrize("case", VIEWS)
def test_scores_that_add_up_are_those_of_a_loop_over_people_and_cells(case: str) -> None:
    view = VIEWS[case]()
    insist_on_parts(ATTACK, view, of_share, of_mean)
    total = naive_parts(view, of_share, of_mean).sum(axis=1)
    impossible = [stands_in_an_empty_cell(view, cells) for cells in places_of(view)]
    assert any(impossible) or case != "cells that nobody gave"
    total = np.where(impossible, SURELY_NOT, total)
    np.testing.assert_allclose(ATTACK.score(view, rng()), total, rtol=1e-9, atol=1e-9)


def test_each_person_can_be_held_against_tables_of_their_own() -> None:
    insist_on_parts(ATTACK, tables_of_each(), of_share, of_mean)


def test_one_question_of_two_levels_by_hand() -> None:
    view, f, q = two_levels()
    np.testing.assert_allclose(ATTACK.score(view, rng()), [log((1 - f) / (1 - q)), log(f / q), 0])


def test_tables_that_are_those_of_the_population_tell_nothing() -> None:
    np.testing.assert_allclose(ATTACK.score(like_the_population(), rng()), 0, atol=1e-9)
