"""What one learner's model says of a person against what all others say, where errors are made up."""

from __future__ import annotations

import numpy as np
import pytest
from made_rounds import made
from made_signals import split
from scipy import stats

from remembrain.attacks.fed_mia import FedMia
from remembrain.attacks.trajectory import Trajectory
from remembrain.errors import DataError
from remembrain.evidence.metrics import auc


def test_with_many_others_the_score_is_the_probability_of_so_small_an_error() -> None:
    signals, _ = made(2000, 1, rounds=1, others=400)
    known, asked, _ = split(signals, np.arange(2000) % 2 == 0)
    found = FedMia().score(known, asked, np.random.default_rng(0))
    mean, size = asked["others"].mean(axis=(1, 2)), np.abs(asked["rounds"][:, 0])
    spread = np.sqrt(asked["others"].var(axis=2, ddof=1).mean() * (1 + 1 / 400))
    within = stats.norm.cdf(size, mean, spread) - stats.norm.cdf(-size, mean, spread)
    np.testing.assert_allclose(found, -np.log(within) - np.log(2), rtol=1e-6)


@pytest.mark.parametrize("rounds", [1, 5, 10])
def test_half_of_those_whom_nobody_had_stay_below_zero(rounds: int) -> None:
    people = 4000
    signals, member = made(2 * people, 5, rounds=rounds, leak=False)
    known, asked, _ = split(signals, member)
    above = FedMia().score(known, asked, np.random.default_rng(0)) > 0
    # three standard errors of one half, and that the mean of seven is not yet a person's own (1 / 7 of 1 / 16)
    assert abs(above.mean() - 0.5) < 3 * np.sqrt(0.25 / people) + 1 / (7 * 16)


def test_three_learners_are_enough_and_numbers_that_are_none_are_refused() -> None:
    known, asked, truth = split(*made(400, 3, others=2))
    assert auc(truth, FedMia().score(known, asked, np.random.default_rng(0))) > 0.6
    with pytest.raises(DataError, match="1 other learners; expected at least 2"):
        FedMia().score(known, {**asked, "others": asked["others"][:, :, :1]}, np.random.default_rng(0))
    asked["others"][3, 0, 0] = np.nan
    with pytest.raises(DataError, match="the signal others"):
        FedMia().score(known, asked, np.random.default_rng(0))
    known.signals["rounds"][0, 0] = np.inf
    with pytest.raises(DataError, match="the signal rounds"):
        Trajectory().score(known, asked, np.random.default_rng(0))
