"""Errors on scans and on them in disguise, of people whose true Gaussians are known."""

import numpy as np
import pytest
from scipy import stats

from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.attacks.quadratic_discriminant import QuadraticDiscriminant, left_out
from remembrain.errors import DataError
from remembrain.evidence.assess import assess
from remembrain.evidence.metrics import auc
from remembrain.types import Known, Scores

ATTACK = QuadraticDiscriminant()
MEMBERS = np.array([[4.0, 2.0], [2.0, 9.0]])
OTHERS = np.array([[9.0, 8.5], [8.5, 9.0]])


def drawn(people: int, seed: int, *, leak: bool = True, disguises: bool = True) -> tuple[dict, np.ndarray]:
    """Errors as it is and mirrored, around curves in age that differ between members and others."""
    rng = np.random.default_rng(seed)
    member, age = np.arange(people) % 2 == 0, rng.uniform(45, 80, people)
    scaled = (age - 62.5) / 10
    normal = rng.standard_normal((people, 2))
    shown = np.where(member[:, None], normal @ np.linalg.cholesky(MEMBERS).T, normal @ np.linalg.cholesky(OTHERS).T)
    errors = shown - np.where(member, 0.2 * scaled, 0.6 * scaled)[:, None]
    if not leak:
        errors = normal @ np.linalg.cholesky(OTHERS).T - 0.6 * scaled[:, None]
    errors = errors if disguises else errors[:, :1]
    return {
        "disguised-error": errors,
        "label": age,
        "error": errors[:, 0],
        "prediction": age + errors[:, 0],
    }, member


def split(signals: dict, member: np.ndarray, known: int) -> tuple[Known, dict, np.ndarray]:
    names = np.arange(len(member)).astype(str)
    some = Known({name: array[:known] for name, array in signals.items()}, member[:known], names[:known])
    return some, {name: array[known:] for name, array in signals.items()}, member[known:]


def oracle(signals: dict, disguises: int) -> np.ndarray:
    scaled, errors = (signals["label"] - 62.5) / 10, signals["disguised-error"][:, :disguises]
    sides = (0.2, MEMBERS), (0.6, OTHERS)
    logs = [
        stats.multivariate_normal(np.zeros(disguises), covariance[:disguises, :disguises]).logpdf(
            errors + share * scaled[:, None]
        )
        for share, covariance in sides
    ]
    return logs[0] - logs[1]


@pytest.mark.parametrize("disguises", [1, 2])
def test_with_many_known_people_it_is_as_good_as_knowing_both_gaussians(disguises: int) -> None:
    lost = []
    for seed in range(6):
        signals, member = drawn(24_000, seed, disguises=disguises == 2)
        known, asked, answer = split(signals, member, 8_000)
        lost.append(
            auc(answer, oracle(asked, disguises)) - auc(answer, ATTACK.score(known, asked, np.random.default_rng(0)))
        )
    # the oracle is best by Neyman & Pearson; about ten numbers learned from 8,000 people cost some 10 / 8,000
    assert -3 * np.std(lost, ddof=1) / np.sqrt(6) < np.mean(lost) < 10 / 8_000 + 3 * np.std(lost, ddof=1) / np.sqrt(6)


def test_without_disguises_or_curves_its_auc_has_a_closed_form() -> None:
    # P(|X| < |Y|) = 2 / pi arctan(s_out / s_in) for zero-mean Gaussians
    rng, people = np.random.default_rng(3), 40_000
    member = np.arange(people) % 2 == 0
    error = rng.standard_normal(people) * np.where(member, 1.5, 3.5)
    signals = {"disguised-error": error[:, None], "label": rng.uniform(45, 80, people)}
    known, asked, answer = split(signals, member, people // 2)
    exact = 2 / np.pi * np.arctan(3.5 / 1.5)
    found = auc(answer, ATTACK.score(known, asked, rng))
    assert abs(found - exact) < 3 * np.sqrt(exact * (1 - exact) / (people // 4))


def test_a_mirror_image_tells_more_than_the_error_alone() -> None:
    gains = []
    for seed in range(6):
        known, asked, answer = split(*drawn(1600, 20 + seed), known=800)
        both, alone = (
            auc(answer, one.score(known, asked, np.random.default_rng(0))) for one in (ATTACK, LogisticOnOutputs())
        )
        gains.append(both - alone)
    assert np.mean(gains) > 3 * np.std(gains, ddof=1) / np.sqrt(6)


def test_a_model_of_nobody_is_accused_no_more_often_than_said() -> None:
    trials, wrong = 200, 0
    for seed in range(trials):
        known, asked, answer = split(*drawn(240, 100 + seed, leak=False), known=120)
        names = np.arange(120).astype(str)
        score = ATTACK.score(known, asked, np.random.default_rng(seed))
        found = assess([Scores(ATTACK.name, 0, names, np.full(120, ""), answer, score)])
        assert found.auc is not None
        wrong += not found.auc.low <= 0.5 <= found.auc.high
    assert wrong / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


@pytest.mark.parametrize("leak", [True, False])
def test_ages_that_the_attacker_does_not_know_are_not_extrapolated_to(leak: bool) -> None:
    found = []
    for seed in range(6):
        signals, member = drawn(1200, 40 + seed, leak=leak)
        order = np.argsort(signals["label"], kind="stable")
        moved = {name: array[order] for name, array in signals.items()}
        known, asked, answer = split(moved, member[order], 600)  # the younger half is known
        found.append(auc(answer, ATTACK.score(known, asked, np.random.default_rng(0))))
    error = np.std(found, ddof=1) / np.sqrt(6)
    if leak:
        assert np.mean(found) > 0.6 + 3 * error
    else:
        assert abs(np.mean(found) - 0.5) < 4 * np.sqrt(601 / (12 * 300 * 300) / 6)


def test_too_few_known_people_are_refused() -> None:
    signals, member = drawn(40, 3)
    known, asked, _ = split(signals, member, 8)
    with pytest.raises(DataError, match="too few known people"):
        ATTACK.score(known, asked, np.random.default_rng(0))


def test_disguises_that_change_nothing_change_no_score_by_much() -> None:
    signals, member = drawn(800, 7)
    twice = signals | {"disguised-error": signals["disguised-error"][:, [0, 0, 0]]}
    once = signals | {"disguised-error": signals["disguised-error"][:, :1]}
    found = []
    for some in (once, twice):
        known, asked, answer = split(some, member, 400)
        found.append(auc(answer, ATTACK.score(known, asked, np.random.default_rng(0))))
    assert found[0] == pytest.approx(found[1], abs=0.01)


def test_known_people_are_scored_without_themselves() -> None:
    signals, member = drawn(300, 9, leak=False)
    persons = np.repeat(np.arange(150), 2).astype(str)
    member = np.repeat(member[:150], 2)
    # with fifty disguises of noise, who is scored by what was learned on them looks like a member
    noise = np.repeat(np.random.default_rng(1).standard_normal((150, 50)), 2, axis=0)
    known = Known(signals | {"disguised-error": noise}, member, persons)
    score = left_out(known, np.random.default_rng(0))
    within = ATTACK.score(known, known.signals, np.random.default_rng(0))
    error = np.sqrt(151 / (12 * 75 * 75))
    assert abs(auc(member, score) - 0.5) < 3.5 * error
    assert auc(member, within) > 0.5 + 5 * error
