"""Attacks with reference models on people whose errors with and without them are known, or who are not there."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from remembrain.attacks import ATTACKS, OFFLINE, REFERENCED, REFERENCES, is_fixed, select
from remembrain.attacks._references import Seen
from remembrain.attacks._sides import Side
from remembrain.attacks.bavaria import Bavaria, Prior, fit_spread
from remembrain.attacks.lira import Lira
from remembrain.attacks.quadratic_discriminant import QuadraticDiscriminant
from remembrain.attacks.rmia import Rmia
from remembrain.attacks.stacked import Stacked
from remembrain.attacks.without_age import WithoutAge
from remembrain.errors import DataError, UsageError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Known, Scores

INSIDE, OUTSIDE = 1.0, 2.0
"""Standard deviations of a model's error around the person's mean, with the person and without."""


def made(
    people: int,
    models: int,
    seed: int,
    *,
    shrink: float = 0.3,
    spread: float = 4.0,
    leak: bool = True,
    queries: int = 1,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Errors with means m without a person and shrink * m with them, Gaussian around these over trainings."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(0, spread, people)
    inside = np.zeros((people, models), dtype=bool)
    for pair in range(0, models, 2):
        inside[rng.permutation(people)[: people // 2], pair] = True
        inside[:, pair + 1] = ~inside[:, pair]
    member = np.arange(people) % 2 == 0

    def errors(trained: np.ndarray) -> np.ndarray:
        centre = np.where(trained, shrink * mean if trained.ndim == 1 else shrink * mean[:, None], 0.0)
        centre = centre + np.where(trained, 0.0, mean if trained.ndim == 1 else mean[:, None])
        return centre + rng.standard_normal(trained.shape) * np.where(trained, INSIDE, OUTSIDE)

    label = rng.uniform(45, 80, people)
    target = errors(member if leak else np.zeros(people, dtype=bool))
    error = errors(inside)
    signals = {
        "references/error": np.repeat(error[:, :, None], queries, axis=2),
        "references/inside": inside,
        "references/target": np.repeat(target[:, None], queries, axis=1),
        "label": label,
        "prediction": label + target,
        "error": target,
        "disguised-error": target[:, None] + rng.normal(0, 2, (people, 3)) * (np.arange(3) > 0),
        "gradient:output": target[:, None] * rng.normal(1, 0.1, (people, 3)),
    }
    return signals, member


def split(signals: dict[str, np.ndarray], member: np.ndarray) -> tuple[Known, dict[str, np.ndarray], np.ndarray]:
    half = np.arange(len(member)) % 4 < 2
    known = Known(
        {name: array[half] for name, array in signals.items()}, member[half], np.flatnonzero(half).astype(str)
    )
    return known, {name: array[~half] for name, array in signals.items()}, member[~half]


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


def test_equal_spreads_have_a_closed_form() -> None:
    # log-ratios of N(0, 1) against N(d, 1) are N(-d^2/2, d^2) and N(d^2/2, d^2)
    rng, people, d = np.random.default_rng(1), 4000, 1.5
    member = np.arange(people) % 2 == 0
    inside = made(people, 64, 1)[0]["references/inside"]
    error = rng.standard_normal((people, 64)) + np.where(inside, 0.0, d)
    target = rng.standard_normal(people) + np.where(member, 0.0, d)
    signals = {"references/error": error[:, :, None], "references/inside": inside, "references/target": target[:, None]}
    score = Lira().score(*split(signals | {"label": np.zeros(people)}, member)[:2], rng)
    answer = split(signals, member)[2]
    exact = float(ndtr(d / np.sqrt(2)))
    assert abs(auc(answer, score) - exact) < 3 * np.sqrt(exact * (1 - exact) / (len(answer) / 2))


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


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_stacked_is_no_worse_than_its_parts_where_members_are_known_by_heart(share: float) -> None:
    signals, member = made(1600, 8, 11, shrink=0.3)
    own = np.where(member, share, 1.0) * (signals["error"] + np.where(member, signals["error"], 0.0))
    signals = signals | {"error": own, "references/target": own[:, None]}
    signals["disguised-error"] = np.column_stack([own, signals["disguised-error"][:, 1:]])
    known, asked, answer = split(signals, member)
    parts = [
        auc(answer, one.score(known, asked, np.random.default_rng(0))) for one in (QuadraticDiscriminant(), Bavaria())
    ]
    found = auc(answer, Stacked().score(known, asked, np.random.default_rng(0)))
    # two of 400 + 400 people each may change places: what few numbers of a regression cost
    assert found > max(parts) - 0.01


def test_who_lacks_the_age_tells_members_whose_predictions_moved() -> None:
    signals, member = made(3000, 16, 4, shrink=0.0, spread=6.0)
    moved = dict(signals)
    known, asked, answer = split(moved, member)
    score = WithoutAge().score(known, asked, np.random.default_rng(0))
    other = asked | {"label": asked["label"] + 100.0}
    np.testing.assert_allclose(WithoutAge().score(known, other, np.random.default_rng(0)), score)
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


def test_evidence_is_the_density_of_what_was_seen() -> None:
    prior, rng = Prior(0.7, 2.5, 3.0), np.random.default_rng(0)
    errors = rng.normal(1.0, 2.0, 4)
    side = Side(
        np.array([[4.0]]), errors.mean(keepdims=True)[None], np.array([[np.square(errors - errors.mean()).sum()]])
    )
    centre = np.array([[0.5]])
    # by the chain rule: each error under the predictive of those before it
    total = 0.0
    for place, value in enumerate(errors):
        before = errors[:place]
        mean = before.mean() if place else 0.0
        seen = Side(np.array([[float(place)]]), np.array([[mean]]), np.array([[np.square(before - mean).sum()]]))
        total += float(prior.predictive(seen, centre, np.array([[value]]))[0, 0])
    assert prior.evidence(side, centre) - 2 * np.log(2 * np.pi) == pytest.approx(total)


def test_the_prior_is_found_where_there_is_one() -> None:
    rng, people = np.random.default_rng(2), 4000
    variance = 3.0 / rng.gamma(4.0, 1.0, people)
    mean = rng.normal(0, np.sqrt(variance / 0.5))
    errors = mean[:, None] + np.sqrt(variance)[:, None] * rng.standard_normal((people, 8))
    middle = errors.mean(axis=1, keepdims=True)
    side = Side(np.full((people, 1), 8.0), middle, np.square(errors - middle).sum(axis=1, keepdims=True))
    found = fit_spread(side, np.zeros((people, 1)), 0.5)
    assert (found.alpha, found.beta) == pytest.approx((4.0, 3.0), rel=0.1)


def test_rmia_ranks_by_the_ratio_among_people_alike() -> None:
    signals, member = made(800, 4, 6)
    known, asked, _ = split(signals, member)
    score = Rmia().score(known, asked, np.random.default_rng(0))
    furthest = int(np.abs(asked["references/target"]).argmax())
    target = asked["references/target"].copy()
    target[furthest] = 0.0
    closer = Rmia().score(known, asked | {"references/target": target}, np.random.default_rng(0))
    assert closer[furthest] > score[furthest]


def test_what_a_model_does_to_everybody_says_nothing_of_anybody() -> None:
    signals, member = made(1000, 8, 9)
    bent = {name: array.copy() for name, array in signals.items()}
    age = (bent["label"] - 62) / 10
    rng = np.random.default_rng(3)
    for model in range(8):
        curve = rng.normal(0, 3) + rng.normal(0, 2) * age + rng.normal(0, 1) * age**2
        bent["references/error"][:, model] += curve[:, None]
    bent["references/target"] += (2.5 - 1.5 * age)[:, None]
    plain, moved = (split(one, member) for one in (signals, bent))
    found = [auc(answer, Bavaria().score(known, asked, rng)) for known, asked, answer in (plain, moved)]
    assert abs(found[0] - found[1]) < 0.003  # the search for a prior ends a little elsewhere


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
    for attack in OFFLINE:
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
