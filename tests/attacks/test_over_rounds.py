"""Attacks of insiders on all rounds of a federation, where what each model says of each person is made up."""

from __future__ import annotations

import numpy as np
import pytest
from made_rounds import made
from made_signals import split
from scipy import stats

from remembrain.attacks import OVER_ROUNDS, ROUNDS, select
from remembrain.errors import UsageError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Scores


@pytest.mark.parametrize("attack", OVER_ROUNDS, ids=lambda one: one.name)
def test_members_whose_error_fell_are_told(attack) -> None:
    known, asked, truth = split(*made(1200, 0))
    assert auc(truth, attack.score(known, asked, np.random.default_rng(0))) > 0.7


@pytest.mark.parametrize("attack", OVER_ROUNDS, ids=lambda one: one.name)
def test_a_federation_without_them_accuses_no_more_often_than_said(attack) -> None:
    trials, wrong = 200, 0
    for seed in range(trials):
        known, asked, truth = split(*made(240, 1000 + seed, leak=False))
        score, names = attack.score(known, asked, np.random.default_rng(seed)), np.arange(len(truth)).astype(str)
        found = assess([Scores(attack.name, 0, names, np.full(len(truth), ""), truth, score)]).auc
        wrong += not found.low <= 0.5 <= found.high
    assert wrong <= stats.binom.ppf(0.999, trials, 0.05)


def test_attacks_over_rounds_need_a_federation() -> None:
    assert not [one for one in select() if ROUNDS in one.needs]
    assert {one.name for one in select(rounds=True)} > {one.name for one in OVER_ROUNDS}
    with pytest.raises(UsageError, match="rounds of a federation"):
        select(["fed-mia"])
    with pytest.raises(UsageError, match="does not learn on one model"):
        select(["shadow:trajectory"], rounds=True)
    for name in ("network:rounds", "flat:others+error", "network:references"):
        with pytest.raises(UsageError, match="which no single model says"):
            select([name], rounds=True, references=True)
    with pytest.raises(UsageError, match="needs more than access to weights"):
        select(["trajectory"], "weights", rounds=True)
