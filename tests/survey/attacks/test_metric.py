"""The likelihood ratio of all cells together, against dense computations on the cells that are known."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from made_survey import VIEWS, blocks, made, partly, places_of, seen
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import UNKNOWN
from remembrain.survey.attacks.correlation import of_gaussians
from remembrain.survey.attacks.metric import fit, influence, lost, project
from remembrain.survey.layout import Plan
from remembrain.survey.view import View


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# Influence


@pytest.mark.parametrize("case", VIEWS)
def test_influence_is_what_each_answer_moves_in_its_own_spread(case: str) -> None:
    view = VIEWS[case]()
    layout, reference = view.layout, view.reference
    expected = np.zeros((len(view), layout.n_cells))
    block_of = {cell: block for block in blocks(layout) for cell in block}
    for person, cells in enumerate(places_of(view)):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            for other in block_of[cell]:
                spread = sqrt(reference.variance[other] / reference.answered[other])  # of (x - q) / pi
                x = view.values[person, column] if layout.tables[column].kind == "mean" else float(other == cell)
                expected[person, other] = (x - reference.share[other]) / reference.answered[other] / spread
    found = influence(layout, view.cells, view.values, reference)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_the_reference_has_influences_of_mean_nought_and_spread_one() -> None:
    known = made(4000, missing=0.2, seed=2)
    view = seen(known, made(90), known)
    found = influence(view.layout, view.cells, view.values, view.reference)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose((found**2).mean(axis=0), 1, atol=0.05)


# The likelihood ratio of all cells together


def dense(view: View, person: int, without: int | None = None) -> tuple[float, float]:
    """z' S^-1 d and z' S^-1 z over the cells that are published and of which the answer is known; of one table less."""
    metric = fit(view)
    reference, table_of = view.reference, view.layout.table_of
    given = [table for table in range(len(view.layout.tables)) if view.cells[person, table] != UNKNOWN]
    use = [place for place, cell in enumerate(metric.shown) if table_of[cell] in given and table_of[cell] != without]
    if not use:
        return 0.0, 0.0
    cells = metric.shown[use]
    z = influence(view.layout, view.cells[[person]], view.values[[person]], reference)[0, cells]
    d = (view.published[cells] - reference.share[cells]) / np.sqrt(
        reference.variance[cells] / reference.answered[cells]
    )
    solved = np.linalg.solve(matrix_of(view)[np.ix_(use, use)], z)
    return float(solved @ d), float(solved @ z)


def matrix_of(view: View) -> np.ndarray:
    """The shrunk correlation of what is published, as it is defined."""
    metric, reference = fit(view), view.reference
    own = influence(view.layout, reference.cells, reference.values, reference)[:, metric.shown]
    weight = reference.weight / reference.weight.mean()
    own = (own - np.average(own, axis=0, weights=weight)) * np.sqrt(weight)[:, None]
    matrix = (1 - metric.covariance.shrinkage) * own.T @ own / len(own)
    return np.asarray(matrix + np.diag(metric.covariance.diagonal))


def ratio(view: View) -> np.ndarray:
    found = project(view)
    return of_gaussians(view, found.towards, found.own.sum(axis=1))


def naive_ratio(view: View) -> list[float]:
    found = []
    for person in range(len(view)):
        towards, own = dense(view, person)
        counts, n = view.counts[person], view.n
        found.append(counts * (towards - counts * own / (2 * n)) / (1 + n / view.reference.size))
    return found


@pytest.mark.parametrize("case", VIEWS)
def test_the_ratio_of_all_cells_together_is_that_of_a_dense_computation_on_known_cells(case: str) -> None:
    view = VIEWS[case]()
    np.testing.assert_array_equal(fit(view).shown, np.flatnonzero(np.isfinite(view.published)))
    np.testing.assert_allclose(ratio(view), naive_ratio(view), rtol=1e-7, atol=1e-9)


def test_people_who_count_more_are_expected_to_move_the_tables_more() -> None:
    view = replace(VIEWS["some missing, some unknown"](), counts=rng(1).uniform(0.5, 2, 25))
    np.testing.assert_allclose(ratio(view), naive_ratio(view), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("unknown", "rules"),
    [(0.0, Protection()), (0.3, Protection(round_to=3)), (0.3, Protection(noise_epsilon=300.0))],
)
def test_more_cells_than_twice_the_people_are_as_their_whole_matrix(unknown: float, rules: Protection) -> None:
    levels = (5,) * 9
    asked = partly(made(12, levels, missing=0.1, seed=5), share=unknown)
    plan = Plan("all", tuple((f"q{one}", f"q{other}") for one in range(9) for other in range(one)))
    view = seen(asked, made(80, levels), made(150, levels, missing=0.05, seed=2), plan, rules)
    assert len(fit(view).shown) > 600
    assert fit(view).covariance.whole is None
    np.testing.assert_allclose(ratio(view), naive_ratio(view), rtol=1e-7, atol=1e-8)


def test_whoever_is_asked_about_twice_is_told_from_the_tables_of_each() -> None:
    """Simulated people are held against tables with and without them."""
    view = VIEWS["some missing, some unknown"]()
    both = replace(
        view,
        cells=np.vstack([view.cells, view.cells]),
        values=np.vstack([view.values, view.values]),
        published=np.repeat([view.published, view.published + 0.01], len(view), axis=0),
        counts=np.ones(2 * len(view)),
    )
    moved = replace(view, published=view.published + 0.01)
    first, second = np.split(ratio(both), 2)
    np.testing.assert_allclose(first, ratio(view), rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(second, ratio(moved), rtol=1e-7, atol=1e-8)
    assert np.abs(first - second).max() > 0.01


def test_noise_and_rounding_are_added_to_the_matrix_in_its_units() -> None:
    view = VIEWS["noise"]()
    metric, reference = fit(view), view.reference
    of_one = reference.variance / reference.answered
    expected = view.blur / (of_one * (1 / view.n + 1 / reference.size))
    np.testing.assert_allclose(metric.covariance.diagonal - metric.covariance.shrinkage, expected[metric.shown])
    assert (expected > 0).all()


@pytest.mark.parametrize("case", ["everything known", "weights", "more cells than twice the people"])
def test_without_a_table_the_others_are_projected_alone(case: str) -> None:
    few = made(6, (3,) * 5, seed=2)
    view = VIEWS[case]() if case in VIEWS else seen(made(8, (3,) * 5, seed=5), made(70, (3,) * 5), few, Plan("all"))
    assert (fit(view).covariance.whole is None) == (case not in VIEWS)
    found, gone = project(view), lost(view)
    for person in np.flatnonzero((view.cells != UNKNOWN).all(axis=1)):
        for table in range(len(view.layout.tables)):
            towards, own = dense(view, person, without=table)
            assert found.towards[person] - gone.towards[person, table] == pytest.approx(towards, abs=1e-9)
            assert found.own[person].sum() - gone.own[person, table] == pytest.approx(own, abs=1e-9)


def test_projection_says_how_far_everybody_lies_from_the_population() -> None:
    view = VIEWS["everything known"]()
    own = project(view).own
    assert (own.sum(axis=1) > 0).all()
    known = made(400, seed=2)
    same = seen(known, made(90), known)
    theirs = project(same).own
    cells = len(fit(same).shown)
    assert theirs.sum(axis=1).mean() < cells, "drawn towards the identity, and cells of a block go together"
