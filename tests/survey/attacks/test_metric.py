"""The likelihood ratio of all cells together, against dense computations on the cells that are known."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from made_survey import VIEWS, blocks, made, partly, places_of, seen
from remembrain.record.table_settings import Protection
from remembrain.survey.answers import UNKNOWN
from remembrain.survey.attacks.correlation import of_gaussians
from remembrain.survey.attacks.metric import EXACT, fit, influence, project
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


def dense(view: View, person: int) -> tuple[float, float]:
    """z' S^-1 d and z' S^-1 z over the cells that are published and of which the answer is known."""
    metric = fit(view)
    layout, reference = view.layout, view.reference
    own = influence(layout, reference.cells, reference.values, reference)[:, metric.shown]
    weight = reference.weight / reference.weight.mean()
    own = (own - np.average(own, axis=0, weights=weight)) * np.sqrt(weight)[:, None]
    matrix = (1 - metric.shrinkage) * own.T @ own / len(own)
    matrix += np.diag(metric.shrinkage + metric.blur)
    use = [
        place
        for place, cell in enumerate(metric.shown)
        if len(metric.shown) > EXACT or view.cells[person, layout.table_of[cell]] != UNKNOWN
    ]
    if not use:
        return 0.0, 0.0
    cells = metric.shown[use]
    z = influence(layout, view.cells[[person]], view.values[[person]], reference)[0, cells]
    d = (view.published[cells] - reference.share[cells]) / np.sqrt(
        reference.variance[cells] / reference.answered[cells]
    )
    solved = np.linalg.solve(matrix[np.ix_(use, use)], z)
    return float(solved @ d), float(solved @ z)


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
    np.testing.assert_allclose(of_gaussians(view, *project(fit(view), view)), naive_ratio(view), rtol=1e-7, atol=1e-9)


def test_people_who_count_more_are_expected_to_move_the_tables_more() -> None:
    view = replace(VIEWS["some missing, some unknown"](), counts=rng(1).uniform(0.5, 2, 25))
    np.testing.assert_allclose(of_gaussians(view, *project(fit(view), view)), naive_ratio(view), rtol=1e-7, atol=1e-9)


def wide(unknown: float, rules: Protection | None = None) -> View:
    """More cells than are kept whole, and fewer people of the reference than half of them."""
    levels = (5,) * 9
    asked = partly(made(12, levels, missing=0.1, seed=5), share=unknown)
    plan = Plan("all", tuple((f"q{one}", f"q{other}") for one in range(9) for other in range(one)))
    return seen(asked, made(80, levels), made(150, levels, missing=0.05, seed=2), plan, rules)


@pytest.mark.parametrize("rules", [Protection(), Protection(round_to=3), Protection(noise_epsilon=300.0)])
@pytest.mark.parametrize("unknown", [0.0, 0.3])
def test_many_cells_give_the_same_as_their_whole_matrix(unknown: float, rules: Protection) -> None:
    view = wide(unknown, rules)
    metric = fit(view)
    assert len(metric.shown) > EXACT
    assert metric.whole is None
    np.testing.assert_allclose(of_gaussians(view, *project(fit(view), view)), naive_ratio(view), rtol=1e-7, atol=1e-9)


def test_the_matrix_solved_whole_and_by_people_is_the_same() -> None:
    view = VIEWS["suppressed and rounded"]()
    metric = fit(view)
    assert metric.whole is not None
    rows = rng().normal(size=(5, len(metric.shown)))
    expected = np.linalg.solve(metric.whole, rows.T).T
    np.testing.assert_allclose(metric.solve(rows), expected, rtol=1e-8)
    np.testing.assert_allclose(replace(metric, whole=None).solve(rows), expected, rtol=1e-8)


def test_noise_and_rounding_are_added_to_the_matrix_in_its_units() -> None:
    view = VIEWS["noise"]()
    metric, reference = fit(view), view.reference
    of_one = reference.variance / reference.answered
    expected = view.blur / (of_one * (1 / view.n + 1 / reference.size))
    np.testing.assert_allclose(metric.blur, expected[metric.shown])
    np.testing.assert_allclose(np.diag(metric.whole), np.diag(metric.whole - np.diag(metric.blur)) + metric.blur)
    assert (metric.blur > 0).all()


@pytest.mark.parametrize(("people", "levels"), [(60, (3,) * 30), (400, (3, 4))])
def test_shrinkage_is_that_of_ledoit_and_wolf_towards_the_identity(people: int, levels) -> None:
    """Theirs is towards a multiple of the identity, which is the same where the mean variance is one."""
    known = made(people, levels, seed=2)
    view = seen(known, made(50, levels), known, Plan("all"))
    metric = fit(view)
    own = metric.people / np.sqrt(np.square(metric.people).sum() / metric.people.size)
    fitted = LedoitWolf(assume_centered=True).fit(own)
    assert metric.shrinkage == pytest.approx(fitted.shrinkage_, rel=0.05)


def test_projection_says_how_far_everybody_lies_from_the_population() -> None:
    view = VIEWS["everything known"]()
    _, own = project(fit(view), view)
    assert (own.sum(axis=1) > 0).all()
    known = made(400, seed=2)
    same = seen(known, made(90), known)
    _, theirs = project(fit(same), same)
    cells = len(fit(same).shown)
    assert theirs.sum(axis=1).mean() < cells, "drawn towards the identity, and cells of a block go together"
