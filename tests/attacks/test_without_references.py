"""Attacks that need no reference model, where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from made_linear import linear
from made_signals import split

from remembrain.attacks._scales import fit_log_scale
from remembrain.attacks.boosted import Boosted
from remembrain.attacks.inverse_hessian import InverseHessian
from remembrain.attacks.leverage import Leverage
from remembrain.attacks.unusual_error import UnusualError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Scores

ATTACKS = (UnusualError(), InverseHessian(), Leverage(), Boosted())


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_members_of_an_overfitted_model_are_told(attack) -> None:
    known, asked, answer = split(*linear(2, features=280))
    score = attack.score(known, asked, np.random.default_rng(0))
    assert np.isfinite(score).all()
    assert auc(answer, score) > 0.6


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.name)
def test_a_model_of_nobody_is_accused_no_more_often_than_said(attack) -> None:
    trials, wrong = 100, 0
    for seed in range(trials):
        known, asked, answer = split(*linear(500 + seed, people=160, features=5, leak=False))
        names = np.flatnonzero(np.arange(160) % 4 >= 2).astype(str)
        score = attack.score(known, asked, np.random.default_rng(seed))
        found = assess([Scores(attack.name, 0, names, np.full(len(names), ""), answer, score)])
        assert found.auc is not None
        wrong += not found.auc.low <= 0.5 <= found.auc.high
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_spreads_that_are_log_linear_are_found() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((20_000, 1))
    found = fit_log_scale(x, np.exp(0.7 + 0.4 * x[:, 0]) * rng.standard_normal(20_000))
    # the ridge draws 0.4 in by a hundredth of the information (2 a person): half a per cent
    np.testing.assert_allclose(found.weights, [0.7, 0.4], atol=0.02)
