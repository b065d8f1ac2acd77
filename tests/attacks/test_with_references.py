"""Attacks with reference models on people whose errors with and without them are known, or who are not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_references import INSIDE, OUTSIDE, made
from made_signals import split
from scipy import stats

from remembrain.attacks import ATTACKS, REFERENCED, REFERENCES, is_fixed, is_offline, select
from remembrain.attacks._references import Seen
from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.lira import Lira
from remembrain.attacks.rmia import Rmia
from remembrain.errors import DataError, UsageError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Scores


def truth(people: int = 200_000, shrink: float = 0.3, spread: float = 4.0) -> float:
    """AUC of the likelihood ratio of who knows every mean and spread, by simulation with a negligible error."""
    rng = np.random.default_rng(5)
    mean, member = rng.normal(0, spread, people), np.arange(people) % 2 == 0
    error = np.where(
        member, shrink * mean + INSIDE * rng.standard_normal(people), mean + OUTSIDE * rng.standard_normal(people)
    )
    ratio = stats.norm.logpdf(error, shrink * mean, INSIDE) - stats.norm.logpdf(error, mean, OUTSIDE)
    return auc(member, ratio)


@pytest.mark.parametrize("attack", [Lira(), Lira(pooled=False), Bavaria()], ids=lambda one: one.name)
def test_with_many_models_a_likelihood_ratio_is_as_good_as_knowing_everything(attack) -> None:
    best, found = truth(), []
    for seed in range(8):
        signals, member = made(2000, 64, seed)
        known, asked, answer = split(signals, member)
        found.append(auc(answer, attack.score(known, asked, np.random.default_rng(0))))
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    # what 32 models of each kind leave unknown of means, and a spread for each person of spreads, costs hundredths
    finite = 0.008 if getattr(attack, "pooled", True) is False else 0.004
    assert abs(np.mean(found) - best) < 3 * error + finite


@pytest.mark.parametrize(
    "attack", [one for one in REFERENCED if one.name != "lira-without-age"], ids=lambda one: one.name
)
@pytest.mark.parametrize("models", [2, 8])
def test_every_attack_tells_members_with_few_models(attack, models: int) -> None:
    signals, member = made(1200, models, 3, queries=2)
    known, asked, answer = split(signals, member)
    score = attack.score(known, asked, np.random.default_rng(0))
    assert score.shape == (len(answer),)
    assert np.isfinite(score).all()
    assert auc(answer, score) > 0.6


@pytest.mark.parametrize("attack", REFERENCED, ids=lambda one: one.name)
def test_a_target_trained_on_nobody_is_at_chance(attack) -> None:
    trials, found = 16, []
    for seed in range(trials):
        known, asked, answer = split(*made(160, 4, 2000 + seed, leak=False))
        found.append(auc(answer, attack.score(known, asked, np.random.default_rng(seed))))
    half = len(answer) // 2  # the AUC of two groups that do not differ has variance (2 half + 1) / (12 half^2)
    assert abs(np.mean(found) - 0.5) < 3 * np.sqrt((2 * half + 1) / (12 * half**2) / trials)


@pytest.mark.slow
@pytest.mark.parametrize("attack", REFERENCED, ids=lambda one: one.name)
def test_targets_trained_on_nobody_are_accused_no_more_often_than_said(attack) -> None:
    trials, wrong = 200, 0
    for seed in range(trials):
        signals, member = made(160, 4, 1000 + seed, leak=False)
        known, asked, answer = split(signals, member)
        score = attack.score(known, asked, np.random.default_rng(seed))
        names = np.flatnonzero(np.arange(160) % 4 >= 2).astype(str)
        found = assess([Scores(attack.name, 0, names, np.full(len(names), ""), answer, score)])
        assert found.auc is not None
        wrong += not found.auc.low <= 0.5 <= found.auc.high
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_somebody_in_all_models_is_refused() -> None:
    signals, member = made(40, 4, 0)
    signals["references/inside"][3] = True
    with pytest.raises(DataError, match="in all of the reference models"):
        Seen.of(*split(signals, member)[:2])


def test_who_is_in_no_model_is_attacked_offline_alone() -> None:
    signals, member = made(400, 8, 0)
    signals["references/inside"][:] = False
    known, asked, _ = split(signals, member)
    rng = np.random.default_rng(0)
    offline = [attack for attack in REFERENCED if is_offline(attack)]
    assert [attack.name for attack in offline] == ["lira-offline", "lira-offline-own"]
    for attack in offline:
        assert np.isfinite(attack.score(known, asked, rng)).all()
    for attack in (Lira(), Bavaria(), Rmia()):
        with pytest.raises(DataError, match="in none of the reference models"):
            attack.score(known, asked, rng)


def test_attacks_with_references_have_to_be_asked_for() -> None:
    assert not [one for one in select() if REFERENCES in one.needs]
    assert {one.name for one in select(["all"], references=True)} > {one.name for one in REFERENCED}
    assert {one.name for one in select(references=True) if REFERENCES in one.needs} >= {"bavaria", "rmia", "stacked"}
    with pytest.raises(UsageError, match="reference models"):
        select(["bavaria"])
    with pytest.raises(UsageError):
        select(["shadow:lira"], references=True)


@pytest.mark.parametrize(
    "attack",
    [one for one in (*ATTACKS, *REFERENCED) if is_fixed(one) and not one.name.startswith("shadow:")],
    ids=lambda one: one.name,
)
def test_whoever_is_said_to_learn_from_nobody_ranks_people_alike_whoever_is_known_as_a_member(attack):
    signals, member = made(people=200, models=8, seed=0)
    known, unknown, _ = split(signals, member)
    rng = np.random.default_rng(3)
    first = attack.score(known, unknown, np.random.default_rng(0))
    again = attack.score(replace(known, member=rng.permutation(known.member)), unknown, np.random.default_rng(0))
    np.testing.assert_allclose(first - first.mean(), again - again.mean(), atol=1e-9)


def test_attacks_that_learn_from_nobody_are_these():
    fixed = {one.name for one in (*ATTACKS, *REFERENCED) if is_fixed(one)}
    assert {"error-threshold", "shadow:error-threshold", "lira", "lira-offline"} <= fixed
    assert not fixed & {"logistic", "quadratic-discriminant", "unusual-error", "leverage", "stacked", "rmia", "bavaria"}
