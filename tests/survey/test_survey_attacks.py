"""Attacks on tables against naive loops over people and cells, in closed form, and where there is nothing to find."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from made_survey import VIEWS, asked_about, blocks, made, places_of, seen, stands_in, with_codes
from scipy import stats
from sklearn.metrics import roc_auc_score

from remembrain.record.table_settings import Protection
from remembrain.survey.answers import MISSING, UNKNOWN
from remembrain.survey.attacks import ATTACKS, BLIND
from remembrain.survey.attacks.correlation import CorrelationAware, exchanged
from remembrain.survey.attacks.distance import Distance
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.attacks.likelihood_ratio import LikelihoodRatio
from remembrain.survey.attacks.own_cell import SURELY_NOT
from remembrain.survey.layout import Plan
from remembrain.survey.view import View

ADDITIVE = (Distance(), InnerProduct(), LikelihoodRatio())
BY_NAME = {one.name: one for one in ATTACKS}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# What attacks declare


def test_every_attack_says_what_it_is_and_what_it_needs() -> None:
    names = [one.name for one in (*ATTACKS, BLIND)]
    assert names == ["distance", "inner-product", "likelihood-ratio", "correlation-aware", "learned", "blind"]
    for attack in ATTACKS:
        assert attack.title
        assert attack.access == "published tables"
        assert attack.knows == "population"
        assert attack.needs == ("answers", "tables", "reference")
        assert any(letter.isdigit() for letter in attack.paper)
    assert len({one.title for one in (*ATTACKS, BLIND)}) == 6
    assert (BLIND.access, BLIND.knows, BLIND.needs) == ("nothing", "some members", ("answers",))


# Attacks that add up


def of_share(name: str, x: int, f: float, q: float, edge: float) -> float:
    if name == "distance":
        return abs(x - q) - abs(x - f)
    if name == "inner-product":
        return (x - q) * (f - q) / (q * (1 - q))
    return log(max(f, edge) / q) if x else 0.0


def of_mean(name: str, x: float, f: float, q: float, variance: float) -> float:
    if name == "distance":
        return (abs(x - q) - abs(x - f)) / sqrt(variance)
    if name == "inner-product":
        return (x - q) * (f - q) / variance
    return ((x - q) ** 2 - (x - f) ** 2) / (2 * variance)


def naive_parts(name: str, view: View, places: list[list[int | None]]) -> np.ndarray:
    """What each table adds to each score, person by person, table by table and cell by cell."""
    reference, layout = view.reference, view.layout
    parts = np.zeros((len(places), len(layout.tables)))
    block_of = {cell: block for block in blocks(layout) for cell in block}
    for person, cells in enumerate(places):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            told = view.published if view.published.ndim == 1 else view.published[person]
            for other in block_of[cell]:
                f, q = told[other], reference.share[other]
                if np.isnan(f):
                    continue
                if layout.tables[column].kind == "mean":
                    x, variance = view.values[person, column], reference.variance[other]
                    parts[person, column] += of_mean(name, x, f, q, variance)
                else:
                    edge = min(0.5 / max(view.n * reference.answered[other], 1), 0.5)
                    parts[person, column] += of_share(name, int(other == cell), f, q, edge)
    return parts


def stands_in_an_empty_cell(view: View, cells: list[int | None]) -> bool:
    shares = [cell for cell in cells if cell is not None and cell < view.layout.n_counts]
    blurred = bool(view.rules.round_to or view.rules.noise_epsilon)
    return not blurred and any(view.published[cell] == 0 for cell in shares)


@pytest.mark.parametrize("attack", ADDITIVE, ids=lambda one: one.name)
@pytest.mark.parametrize("case", VIEWS)
def test_scores_that_add_up_are_those_of_a_loop_over_people_and_cells(attack, case: str) -> None:
    view = VIEWS[case]()
    parts = naive_parts(attack.name, view, places_of(view))
    np.testing.assert_allclose(attack.parts(view), parts, rtol=1e-9, atol=1e-9)
    total = parts.sum(axis=1)
    if attack.name == "likelihood-ratio":
        impossible = [stands_in_an_empty_cell(view, cells) for cells in places_of(view)]
        assert any(impossible) or case != "cells that nobody gave"
        total = np.where(impossible, SURELY_NOT, total)
    np.testing.assert_allclose(attack.score(view, rng()), total, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("attack", ADDITIVE, ids=lambda one: one.name)
def test_each_person_can_be_held_against_tables_of_their_own(attack) -> None:
    view = VIEWS["some missing, some unknown"]()
    rows = [VIEWS["suppressed and rounded"]().published if person % 2 else view.published for person in range(25)]
    batch = replace(view, published=np.array(rows))
    parts = naive_parts(attack.name, batch, places_of(batch))
    np.testing.assert_allclose(attack.parts(batch), parts, rtol=1e-9, atol=1e-9)


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


def test_one_question_of_two_levels_by_hand() -> None:
    """Of the reference 60 of 100 say yes, of the tables 7 of 10."""
    code = np.repeat([0, 1], [40, 60])[:, None].astype(np.int16)
    known = replace(made(100, (2,)), code=code)
    group = replace(made(10, (2,)), code=np.repeat([0, 1], [3, 7])[:, None].astype(np.int16))
    asked = replace(made(3, (2,)), code=np.array([[0], [1], [MISSING]], dtype=np.int16))
    view = seen(asked, group, known, Plan("all"))
    q, f = 60.5 / 101, 0.7
    np.testing.assert_allclose(InnerProduct().score(view, rng()), [2 * (q - f) / (1 - q), 2 * (f - q) / q, 0])
    np.testing.assert_allclose(Distance().score(view, rng()), [2 * (q - f), 2 * (f - q), 0])
    np.testing.assert_allclose(LikelihoodRatio().score(view, rng()), [log((1 - f) / (1 - q)), log(f / q), 0])


@pytest.mark.parametrize("attack", ADDITIVE, ids=lambda one: one.name)
def test_tables_that_are_those_of_the_population_tell_nothing(attack) -> None:
    view = VIEWS["some missing, some unknown"]()
    view = replace(view, published=view.reference.share, n=1e6)  # so many that no share is kept away from 0 and 1
    np.testing.assert_allclose(attack.score(view, rng()), 0, atol=1e-9)


@pytest.mark.parametrize("name", ["distance", "inner-product", "likelihood-ratio", "correlation-aware"])
@pytest.mark.parametrize("there", [0, 1])
def test_tables_of_a_group_of_whom_the_reference_knows_hardly_anybody_do_not_decide_alone(
    name: str, there: int
) -> None:
    known, group = made(200, numbers=1, seed=2), made(90, numbers=1)
    known.code[:, 2] = 1 + np.arange(200) % 3
    known.code[:there, 2] = 0
    asked = made(24, numbers=1, seed=5)
    asked.code[:, 2] = np.arange(24) % 2  # every second person is of the rare group
    plan = Plan(("q0", "q1"), means="all", by=("q2",))
    score = BY_NAME[name].score(seen(asked, group, known, plan), rng())
    assert np.abs(score[::2]).mean() < 1000 * np.abs(score[1::2]).mean()


@pytest.mark.parametrize("attack", [LikelihoodRatio(), CorrelationAware()], ids=lambda one: one.name)
def test_whoever_stands_in_an_empty_cell_goes_last_where_nothing_is_wrong(attack) -> None:
    view = VIEWS["cells that nobody gave"]()
    impossible = np.array([stands_in_an_empty_cell(view, cells) for cells in places_of(view)])
    assert impossible.any() and not impossible.all()
    score = attack.score(view, rng())
    assert score[impossible].max() < score[~impossible].min()
    assert (score[impossible] == SURELY_NOT).all()
    for blurred in ({"answer_error": 0.1}, {"rules": Protection(round_to=5)}, {"rules": Protection(sample=0.5)}):
        assert attack.score(replace(view, **blurred), rng())[impossible].max() > SURELY_NOT
    # a share of 0.00 may be somebody's, where one person is less than half of the last place
    for step, goes_last in ((1.9 / view.n, True), (2.1 / view.n, False)):
        assert (attack.score(replace(view, step=step), rng())[impossible].max() == SURELY_NOT) == goes_last


def test_correlations_aside_each_table_counts_as_the_multinomial_it_is() -> None:
    """By hand, a table at a time: ln(f / q~) less the Gaussian term, and nothing of a mean or of what is blurred."""
    view = VIEWS["some missing, some unknown"]()
    n, r, q, f = view.n, view.reference.size, view.reference.share, view.published
    alone = np.full(view.cells.shape, np.inf)  # every table says all that it says for itself
    expected = np.zeros(len(view))
    for person, cells in enumerate(places_of(view)):
        for cell in cells:
            if cell is None or cell >= view.layout.n_counts:
                continue
            answered = view.reference.answered[cell]
            both = (n * f[cell] + r * q[cell]) / (n + r)
            gaussian = (f[cell] / q[cell] - 1 - (1 / q[cell] - 1) / (2 * n * answered)) / (1 + n / r)
            expected[person] += log(max(f[cell], 0.5 / (n * answered)) / both) - gaussian
    np.testing.assert_allclose(exchanged(view, alone), expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(exchanged(VIEWS["noise"](), alone), 0)


# All of them


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
@pytest.mark.parametrize("case", VIEWS)
def test_scores_are_finite_one_a_person(attack, case: str) -> None:
    view = VIEWS[case]()
    score = attack.score(view, rng())
    assert score.shape == (len(view),)
    assert np.isfinite(score).all()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_scores_do_not_hang_on_the_order_of_people(attack) -> None:
    unknown = 0.0 if attack.name == "learned" else 0.3  # which answers its simulated people lack is drawn by place
    view = seen(asked_about(40, unknown), made(90, numbers=1, missing=0.1), made(200, numbers=1, seed=2))
    order = rng(3).permutation(40)
    moved = replace(view, cells=view.cells[order], values=view.values[order], counts=view.counts[order])
    np.testing.assert_allclose(attack.score(moved, rng(1)), attack.score(view, rng(1))[order], rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_a_score_does_not_hang_on_who_else_is_asked_about(attack) -> None:
    unknown = 0.0 if attack.name == "learned" else 0.3
    view = seen(asked_about(40, unknown), made(90, numbers=1, missing=0.1), made(200, numbers=1, seed=2))
    some = np.array([4, 17, 33])
    fewer = replace(view, cells=view.cells[some], values=view.values[some], counts=view.counts[some])
    np.testing.assert_allclose(attack.score(fewer, rng(1)), attack.score(view, rng(1))[some], rtol=1e-8, atol=1e-10)


def contest(members: bool, groups: int = 6) -> dict[str, np.ndarray]:
    """AUC of every attack on tables of 50 people with 80 independent questions, for several groups.

    Of those asked about, half took part, or none did.
    """
    levels, found = (2,) * 80, {one.name: [] for one in ATTACKS}
    for seed in range(groups):
        everybody = made(1150, levels, seed=100 + seed)
        group, others, known = (everybody.take(np.arange(*ends)) for ends in ((0, 50), (50, 150), (150, 1150)))
        first = group if members else everybody.take(np.arange(50, 100))
        second = others.take(np.arange(50, 100))
        asked = replace(
            first,
            participant_id=np.concatenate([first.participant_id, second.participant_id]),
            code=np.vstack([first.code, second.code]),
            value=np.empty((100, 0)),
            weight=np.ones(100),
        )
        view = seen(asked, group, known, Plan("all"))
        for attack in ATTACKS:
            found[attack.name].append(roc_auc_score(np.arange(100) < 50, attack.score(view, rng(seed))))
    return {name: np.array(values) for name, values in found.items()}


def test_those_who_took_part_are_found_as_often_as_theory_says_and_others_are_not() -> None:
    """m independent cells of n people and r others: Phi(sqrt(m / 2n / (1 + n/r))); 50 against 50 has a spread of 0.058.

    A question of two levels is one cell.
    """
    expected = stats.norm.cdf(sqrt(80 / 100 / (1 + 50 / 1000)))
    spread = sqrt(0.25 / 12 * (1 / 50 + 1 / 50)) * sqrt(4 / 6)
    real, null = contest(True), contest(False)
    for name in BY_NAME:
        assert abs(null[name].mean() - 0.5) < 4 * spread, name
        assert real[name].mean() > expected - 4 * spread - 0.05, name
    assert abs(real["inner-product"].mean() - expected) < 4 * spread


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    asked = made(4, numbers=1, seed=5)
    asked = with_codes(asked, np.full_like(asked.code, UNKNOWN), np.full_like(asked.value, np.inf))
    view = seen(asked, made(90, numbers=1), made(200, numbers=1, seed=2))
    for attack in (*ADDITIVE, CorrelationAware()):
        np.testing.assert_array_equal(attack.score(view, rng()), 0)


def test_what_cannot_be_seen_cannot_be_used() -> None:
    """Cells of suppressed shares may hold anything, and answers that are not known may be anything."""
    view = VIEWS["suppressed and rounded"]()
    unknown = view.cells < 0
    changed = replace(view, values=np.where(unknown, 1e6, view.values))
    for attack in (*ADDITIVE, CorrelationAware()):
        np.testing.assert_array_equal(attack.score(view, rng()), attack.score(changed, rng()))
