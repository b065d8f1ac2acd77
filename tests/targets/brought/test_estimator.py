"""Estimators are known by what they can do, and more like one are fitted to those inside alone."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression, Ridge

from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.estimator import answers_of_more, can_be_trained_again, predict_of
from remembrain.targets.heads import Head

RNG = np.random.default_rng(0)
X, AGE = RNG.normal(size=(40, 3)), RNG.uniform(40, 80, 40)


def test_more_like_it_are_fitted_to_those_inside_alone():
    inside = np.zeros((40, 2), dtype=bool)
    inside[:20, 0], inside[20:, 1] = True, True
    model = Answering("theirs", "here", LinearRegression().predict, estimator=LinearRegression())
    labels = [str(place) for place in range(40)]
    answers = answers_of_more(model, X, AGE, inside, labels)
    for place, half in enumerate((slice(0, 20), slice(20, 40))):
        design = np.column_stack([np.ones(20), X[half]])
        line = np.linalg.lstsq(design, AGE[half], rcond=None)[0]
        np.testing.assert_allclose(answers[:, place], np.column_stack([np.ones(40), X]) @ line)
    in_months = model.with_head(Head(months=True, offset=3))
    np.testing.assert_allclose(answers_of_more(in_months, X, AGE, inside, labels), answers)


def test_what_predicts_is_found():
    assert predict_of(Ridge().fit(X, AGE))(X).shape == (40,)
    assert predict_of(len) is len
    assert predict_of("a path") is None
    assert can_be_trained_again(Ridge())
    assert not can_be_trained_again(len)
