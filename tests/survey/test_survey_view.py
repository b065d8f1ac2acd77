"""The reference as the adversary sees it, and views as tests make them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_survey import EVERYTHING, VIEWS, counted, made, places_of, seen, stands_in
from remembrain.survey.answers import MISSING, UNKNOWN
from remembrain.survey.counting import shares
from remembrain.survey.layout import Plan, lay_out
from remembrain.survey.view import reference_of


def test_shares_of_the_reference_are_smoothed_by_half_a_person_a_cell() -> None:
    answers = made(40, numbers=1, missing=0.2, weighted=True)
    layout = lay_out(EVERYTHING, answers, "[release]")
    found = reference_of(layout, layout.cells_of(answers), layout.values_of(answers), answers.weight)
    tally = counted(layout, answers)
    for cell in range(layout.n_counts):
        block = np.flatnonzero(layout.block_of == layout.block_of[cell])
        base = tally.weight[block].sum()
        share = (tally.weight[cell] + 0.5) / (base + 0.5 * len(block))
        assert found.share[cell] == pytest.approx(share)
        assert found.variance[cell] == pytest.approx(share * (1 - share))
        assert found.answered[cell] == pytest.approx(base / answers.weight.sum(), abs=1 / 40)
    assert found.size == pytest.approx(answers.effective)


def test_means_of_the_reference_have_the_mean_and_variance_of_the_answers() -> None:
    answers = made(600, numbers=1, missing=0.2, weighted=True)
    layout = lay_out(Plan(means="all", by=("q2",)), answers, "[release]")
    found = reference_of(layout, layout.cells_of(answers), layout.values_of(answers), answers.weight)
    given = np.isfinite(answers.value[:, 0])
    groups = [given, *(given & (answers.code[:, 2] == level) for level in range(4))]
    for cell, there in enumerate(groups):
        value, weight = answers.value[there, 0], answers.weight[there]
        mean = np.average(value, weights=weight)
        assert found.share[cell] == pytest.approx(mean, rel=0.02)
        assert found.variance[cell] == pytest.approx(np.average((value - mean) ** 2, weights=weight), rel=0.05)
        assert found.answered[cell] == pytest.approx(weight.sum() / answers.weight.sum(), abs=1 / 600)
    exact = shares(layout, counted(layout, answers))
    np.testing.assert_allclose(found.share, exact, rtol=0.02)


def test_an_empty_cell_proves_nothing_where_shares_are_blurred() -> None:
    view = seen(made(20), made(90), made(200, seed=2), Plan("all"))
    assert view.exact
    blur = np.zeros(view.layout.n_cells)
    blur[3] = 1e-4
    assert not replace(view, blur=blur).exact


@pytest.mark.parametrize("there", [0, 1])
def test_a_mean_that_hardly_anybody_of_the_reference_enters_has_the_spread_of_the_question(there: int) -> None:
    """Of nobody there is no mean, of one person no variance: a spread of nought would make one answer decide all."""
    answers = made(200, numbers=1)
    answers.code[:, 2] = 1 + np.arange(200) % 3
    answers.code[:there, 2] = 0
    layout = lay_out(Plan(means="all", by=("q2",)), answers, "[release]")
    found = reference_of(layout, layout.cells_of(answers), layout.values_of(answers), answers.weight)
    assert np.sqrt(found.variance[1]) > 0.2 * answers.value.std()
    assert answers.value.min() <= found.share[1] <= answers.value.max()


def test_views_of_the_tests_hold_what_they_are_called() -> None:
    view = VIEWS["some missing, some unknown"]()
    assert (view.cells == MISSING).any()
    assert (view.cells == UNKNOWN).any()
    hidden = VIEWS["suppressed and rounded"]()
    assert np.isnan(hidden.published[: hidden.layout.n_counts]).any()
    assert np.isnan(hidden.published[hidden.layout.n_counts :]).any()
    assert (hidden.blur > 0).any()
    empty = VIEWS["cells that nobody gave"]()
    assert (empty.published == 0).any()
    answers = made(30, numbers=1, missing=0.15, seed=5)
    asked = seen(answers, made(90, numbers=1), made(200, numbers=1, seed=2))
    assert places_of(asked) == stands_in(asked.layout, answers)
