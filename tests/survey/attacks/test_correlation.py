"""What two tables say alike counts once, and a table of answers as the multinomial that it is."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from made_survey import VIEWS, made, places_of, question, seen
from remembrain.survey.answers import Answers
from remembrain.survey.attacks.correlation import CorrelationAware, exchanged
from remembrain.survey.attacks.inner_product import InnerProduct
from remembrain.survey.layout import Plan


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


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
    np.testing.assert_allclose(exchanged(view, alone).sum(axis=1), expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(exchanged(VIEWS["noise"](), alone), 0)


@pytest.mark.parametrize("case", ["some missing, some unknown", "cells that nobody gave", "noise"])
def test_what_others_say_without_a_table_is_free_of_what_it_says(case: str) -> None:
    view, attack = VIEWS[case](), CorrelationAware()
    own = view.layout.table_of == 1
    blank = replace(view, published=np.where(own, 0.1 + view.published / 2, view.published))
    first, other = attack.without_each(view), attack.without_each(blank)
    np.testing.assert_allclose(other[:, 1], first[:, 1], rtol=1e-6, atol=1e-9)
    assert np.abs(other - first).max() > 0.01
    assert np.abs(attack.ratio(blank) - attack.ratio(view)).max() > 0.01


def test_of_a_twin_nothing_is_missed_and_of_the_only_table_everything() -> None:
    asked, group, known = made(30, seed=5), made(60), made(3000, seed=2)
    single = seen(asked, group, known, Plan(("q1",)))
    np.testing.assert_allclose(CorrelationAware().without_each(single), 0, atol=1e-9)
    answers = [twin_of(one) for one in (asked, group, known)]
    view = seen(*answers, Plan("all"))
    lost = CorrelationAware().ratio(view)[:, None] - CorrelationAware().without_each(view)
    assert np.abs(lost[:, [1, 3]]).mean() < 0.3 * np.abs(lost[:, [0, 2]]).mean()


def twin_of(answers: Answers) -> Answers:
    """The same answers, with one question asked twice."""
    twin = question("q3", len(answers.categorical[1].levels))
    code = np.column_stack([answers.code, answers.code[:, 1]])
    return replace(answers, categorical=(*answers.categorical, twin), code=code)


def test_a_question_that_is_asked_twice_counts_once() -> None:
    """The second margin says nothing new, so nobody's score should hang on it."""
    asked, group, known = made(30, seed=5), made(60), made(3000, seed=2)
    once = seen(asked, group, known, Plan("all"))
    twice = seen(twin_of(asked), twin_of(group), twin_of(known), Plan("all"))
    alone, both = (CorrelationAware().score(view, rng()) for view in (once, twice))
    np.testing.assert_allclose(both, alone, rtol=0.05, atol=0.01)
    naive = InnerProduct()
    assert np.abs(naive.score(twice, rng()) - naive.score(once, rng())).max() > 0.05
