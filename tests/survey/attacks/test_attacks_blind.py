"""The baseline that never sees a table."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
from sklearn.metrics import roc_auc_score

from made_survey import VIEWS, made, seen
from remembrain.survey.attacks import BLIND
from remembrain.survey.layout import Plan


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_blind_baseline_finds_another_kind_of_people_and_nothing_among_the_same() -> None:
    known, group = made(300, seed=2), made(80)
    asked = made(400, seed=5)
    member = np.arange(400) % 2 == 0
    view = seen(asked, group, known, Plan("all"))
    spread = sqrt(0.25 / 12 * (2 / 200)) * 2
    score = BLIND.score(view, member, rng())
    assert score.shape == (400,)
    assert np.isfinite(score).all()
    assert abs(roc_auc_score(member, score) - 0.5) < 4 * spread
    asked.code[member & (rng(1).random(400) < 0.9), 1] = 0
    assert roc_auc_score(member, BLIND.score(seen(asked, group, known, Plan("all")), member, rng())) > 0.65


def test_the_blind_baseline_never_sees_a_table() -> None:
    view = VIEWS["some missing, some unknown"]()
    member = np.arange(25) % 2 == 0
    other = replace(view, published=1 - view.published, blur=view.blur + 1, n=7.0)
    np.testing.assert_array_equal(BLIND.score(view, member, rng(1)), BLIND.score(other, member, rng(1)))
