"""Attacks of insiders on all rounds of a federation, where what each model says of each person is made up."""

import numpy as np
import pytest
from scipy import stats

from remembrain.attacks import OVER_ROUNDS, ROUNDS, select
from remembrain.attacks.fed_mia import FedMia
from remembrain.attacks.trajectory import Trajectory
from remembrain.errors import DataError, UsageError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Known, Scores


def made(
    people: int, seed: int, *, rounds: int = 5, others: int = 7, leak: bool = True
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Errors around a mean of each person, which over the rounds shrinks in the model of the learner who has them."""
    rng = np.random.default_rng(seed)
    mean, member = rng.normal(0, 4, people), np.arange(people) % 2 == 0
    left = np.where(member[:, None] & leak, np.linspace(1, 0.3, rounds), 1.0)
    own = left * mean[:, None] + rng.standard_normal((people, rounds))
    theirs = mean[:, None, None] + rng.standard_normal((people, rounds, others))
    return {"label": rng.uniform(45, 80, people), "rounds": own, "others": theirs}, member


def split(signals: dict[str, np.ndarray], member: np.ndarray) -> tuple[Known, dict[str, np.ndarray], np.ndarray]:
    half = np.arange(len(member)) % 4 < 2
    known = Known(
        {name: array[half] for name, array in signals.items()}, member[half], np.flatnonzero(half).astype(str)
    )
    return known, {name: array[~half] for name, array in signals.items()}, member[~half]


@pytest.mark.parametrize("attack", OVER_ROUNDS, ids=lambda one: one.name)
def test_members_whose_error_fell_are_told(attack) -> None:
    known, asked, truth = split(*made(1200, 0))
    assert auc(truth, attack.score(known, asked, np.random.default_rng(0))) > 0.7


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


@pytest.mark.parametrize("attack", OVER_ROUNDS, ids=lambda one: one.name)
def test_a_federation_without_them_accuses_no_more_often_than_said(attack) -> None:
    trials, wrong = 200, 0
    for seed in range(trials):
        known, asked, truth = split(*made(240, 1000 + seed, leak=False))
        score, names = attack.score(known, asked, np.random.default_rng(seed)), np.arange(len(truth)).astype(str)
        found = assess([Scores(attack.name, 0, names, np.full(len(truth), ""), truth, score)]).auc
        wrong += not found.low <= 0.5 <= found.high
    assert wrong <= stats.binom.ppf(0.999, trials, 0.05)


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
