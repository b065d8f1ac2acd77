"""Releases that an adversary simulates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from made_survey import VIEWS, blocks
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import MISSING, UNKNOWN
from remembrain.survey.attacks.simulated import middle, simulated


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_simulated_people_are_shown_against_tables_with_and_without_them() -> None:
    view = VIEWS["some missing, some unknown"]()
    view = replace(view, cells=np.maximum(view.cells, MISSING))
    for shown, member in simulated(view, rng(), releases=3, people=10):
        assert member.tolist() == [True] * 10 + [False] * 10
        np.testing.assert_array_equal(shown.cells[:10], shown.cells[10:])
        np.testing.assert_array_equal(shown.values[:10], shown.values[10:])
        assert shown.n == view.n
        assert len(shown.reference) == 200 - 2 * (200 // 3)
        layout = view.layout
        same = np.all(np.isclose(shown.published[10:], shown.published[10], equal_nan=True))
        assert same, "without them all are held against the same tables"
        for person in range(10):
            moved = ~np.isclose(shown.published[person], shown.published[10], equal_nan=True)
            stood = {int(cell) for cell in shown.cells[person] if cell >= 0}
            within = {cell for block in blocks(layout) if set(block) & stood for cell in block}
            assert set(np.flatnonzero(moved)) <= within
            for cell in stood:
                if cell < layout.n_counts and np.isfinite(shown.published[10, cell]):
                    assert shown.published[person, cell] >= shown.published[10, cell]


def test_simulated_tables_are_of_as_many_people_as_the_real_ones_and_protected_alike() -> None:
    rules = Protection(round_to=5)
    view = replace(VIEWS["everything known"](), rules=rules)
    shown, _ = next(simulated(view, rng(), releases=1, people=30))
    block = shown.published[:, :2]  # the margin of q0, of 90 people: multiples of 5 of 90
    np.testing.assert_allclose(block * 18, np.round(block * 18), atol=1e-9)
    np.testing.assert_allclose(shown.published[30:, :2], np.tile(shown.published[30, :2], (30, 1)))


def test_simulated_tables_are_blurred_as_those_of_somebody_else_are() -> None:
    view = VIEWS["everything known"]()
    blur = np.where(np.arange(view.layout.n_cells) < 2, 0.01, 0.0)
    exact, _ = next(simulated(view, rng(), releases=1, people=60))
    blurred, _ = next(simulated(replace(view, blur=blur), rng(), releases=1, people=60))
    away = blurred.published - exact.published
    assert 0.005 < away[:, :2].var() < 0.02
    np.testing.assert_array_equal(away[:, 2:], 0)


def test_simulated_people_lack_the_answers_that_are_lacking() -> None:
    view = VIEWS["some missing, some unknown"]()
    patterns = {tuple(row) for row in view.cells == UNKNOWN}
    shown, _ = next(simulated(view, rng(), releases=1, people=40))
    assert {tuple(row) for row in shown.cells == UNKNOWN} <= patterns
    assert (shown.cells == UNKNOWN).any()


def test_the_middle_lies_between_the_mean_scores_of_both() -> None:
    member = np.array([True, True, False, False])
    assert middle(np.array([4.0, 2.0, 1.0, -3.0]), member) == 1.0
