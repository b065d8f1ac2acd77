"""What the server holds side by side: each learner's own models, brought to one level, about everybody."""

from __future__ import annotations

import numpy as np

from remembrain.attacks.fed_mia import FedMia
from remembrain.evidence.metrics import auc
from remembrain.federation.trajectories import beside_others, levels_of
from remembrain.types import Known

LEARNERS, EACH, NOBODY = 5, 120, 300


def made(spread: float, seed: int = 0) -> tuple[dict[int, np.ndarray], np.ndarray, np.ndarray]:
    """Errors of every learner's model, which shrink for its own people, and which it bends by a line in age."""
    rng = np.random.default_rng(seed)
    people = LEARNERS * EACH + NOBODY
    learner = np.concatenate([np.repeat(np.arange(1, LEARNERS + 1), EACH), np.zeros(NOBODY, dtype=int)])
    age, mean = rng.uniform(45, 80, people), rng.normal(0, 4, people)
    bends = rng.normal(0, spread, (LEARNERS, 2)) if spread else np.zeros((LEARNERS, 2))
    bends -= bends.mean(axis=0)  # what all have in common is no difference between learners
    errors = {}
    for number, (level, slope) in enumerate(bends, start=1):
        left = np.where(learner == number, 0.4, 1.0)
        noise = np.random.default_rng([seed, number]).standard_normal((people, 3))
        errors[number] = (left * (mean + level + slope * (age - 60) / 10))[:, None] + noise
    return errors, age, learner


def told(errors: dict[int, np.ndarray], levels: dict[int, np.ndarray], age: np.ndarray, learner: np.ndarray) -> float:
    """How well the attack tells all learners' people from nobody's, all of them asked at once."""
    places = {number: np.flatnonzero((learner == number) | (learner == 0)) for number in errors}
    scan, model, own, others = beside_others(errors, levels, places)
    signals = {"label": age[scan], "rounds": own, "others": others}
    known = Known({name: array[:1] for name, array in signals.items()}, np.array([True]), np.array(["a"]))
    score = FedMia().score(known, signals, np.random.default_rng(0))
    return float(np.mean([auc(learner[scan[model == one]] == one, score[model == one]) for one in errors]))


def none(errors: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    return {number: np.zeros_like(error) for number, error in errors.items()}


def test_rows_hold_a_learner_s_model_against_all_others() -> None:
    errors = {number: np.arange(12.0).reshape(6, 2) + 100 * number for number in (1, 2, 4)}
    places = {1: np.array([0, 5]), 2: np.array([3]), 4: np.array([1, 2])}
    scan, model, own, others = beside_others(errors, none(errors), places)
    assert (scan.tolist(), model.tolist()) == ([0, 5, 3, 1, 2], [1, 1, 2, 4, 4])
    for row in range(5):
        theirs = [number for number in errors if number != model[row]]
        np.testing.assert_array_equal(own[row], errors[model[row]][scan[row]])
        np.testing.assert_array_equal(others[row], np.stack([errors[one][scan[row]] for one in theirs], axis=1))
    levels = {number: np.full((6, 2), 100.0 * number) for number in errors}
    _, _, own, others = beside_others(errors, levels, places)
    np.testing.assert_array_equal(others, np.repeat(own[:, :, None], 2, axis=2))
    assert beside_others({1: errors[1]}, none({1: errors[1]}), {1: np.array([2])})[3].shape == (1, 2, 0)


def test_learners_of_other_levels_are_told_as_well_as_those_of_one() -> None:
    errors, age, learner = made(0.0)
    apart, _, _ = made(3.0)
    known = (learner == 0) & (np.arange(len(learner)) % 2 == 0)
    even, bent = (told(one, levels_of(one, age, known), age, learner) for one in (errors, apart))
    assert even > 0.7
    assert bent > even - 0.03
    assert told(apart, none(apart), age, learner) < bent - 0.05  # without levels it is lost


def test_who_is_learned_by_heart_is_told_whatever_the_level_of_the_model() -> None:
    errors, age, learner = made(5.0)
    for number, error in errors.items():
        error[learner == number] *= 0.01
    levels = levels_of(errors, age, learner == 0)
    assert told(errors, levels, age, learner) > 0.95


def test_a_level_is_that_of_people_whom_nobody_has() -> None:
    errors, age, learner = made(3.0)
    known = learner == 0
    found = levels_of(errors, age, known)
    for number, error in errors.items():
        fitted = np.polynomial.Polynomial.fit(age[known], error[known, 0], 2)
        np.testing.assert_allclose(found[number][known, 0], fitted(age[known]), atol=1e-8)
    moved = {number: error + np.where(learner == number, 50.0, 0.0)[:, None] for number, error in errors.items()}
    again = levels_of(moved, age, known)  # what a model does to its own members is not taken for its level
    for number in errors:
        np.testing.assert_allclose(again[number], found[number])
