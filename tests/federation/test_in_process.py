"""Training on one machine under differential privacy: what each learner spends, across rounds and restarts."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch

from remembrain.cohort.arrays import ArrayInputs
from remembrain.errors import DataError, UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.in_process import Federation, run_rounds
from remembrain.targets.networks import build
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe

RECIPE = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.8, delta=1e-3))


def federation(recipe=RECIPE, rounds=3, seed=1):
    rng = np.random.default_rng(0)
    array = rng.normal(size=(48, 5))
    network = build("mlp", "light", (5,), mean_age=60.0, generator=torch.Generator().manual_seed(0))
    learners = {1: np.arange(0, 24), 2: np.arange(24, 40)}
    person = np.array([f"sub-{place // 2:02d}" for place in range(48)])
    names = {1: "here", 2: "there"}
    age = 60 + 4 * array[:, 0]
    return Federation(
        network, ArrayInputs(array), age, learners, names, np.arange(40, 48), recipe, rounds, seed, person
    )


def told(archive, round_):
    return {one["name"]: one["privacy"] for one in archive.facts(round_)["learners"]}


def test_every_round_says_what_each_learner_spent_on_its_own_people(tmp_path):
    archive = Archive(tmp_path)
    run_rounds(federation(), archive, workers=1)
    for round_ in (1, 2, 3):
        spent = told(archive, round_)
        assert (spent["here"]["people"], spent["there"]["people"]) == (12, 8)
        assert (spent["here"]["steps"], spent["there"]["steps"]) == (3 * 2, 2 * 2)
        assert spent["here"]["sample_rate"] == pytest.approx(4 / 12)
    assert told(archive, 1)["here"]["checked"] == 12
    assert told(archive, 2)["here"]["checked"] == 12
    assert all(one["loss"] is None for one in archive.facts(1)["learners"])
    assert [one["scans"] for one in archive.facts(1)["learners"]] == [12, 8]


def test_a_stopped_federation_goes_on_to_the_same_models_and_the_same_spending(tmp_path):
    whole, halves = Archive(tmp_path / "whole"), Archive(tmp_path / "halves")
    run_rounds(federation(), whole, workers=1)
    run_rounds(federation(rounds=1), halves, workers=1)
    halves.local(2, 1).parent.mkdir()
    halves.local(2, 1).write_bytes(b"half a model")  # a round that was not completed
    run_rounds(federation(), halves, workers=1)
    for round_ in (1, 2, 3):
        assert told(whole, round_) == told(halves, round_)
        assert whole.fingerprint(round_) == halves.fingerprint(round_)


def test_a_round_that_is_done_again_with_other_noise_counts_twice(tmp_path):
    recipe = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.8, delta=1e-3, secure_noise=True))
    archive = Archive(tmp_path)
    run_rounds(federation(recipe, rounds=1), archive, workers=1)
    assert archive.attempt(2) == 1  # the round began, models may have been seen, and the machine went down
    run_rounds(federation(recipe, rounds=2), archive, workers=1)
    assert [archive.facts(round_)["attempts"] for round_ in (1, 2)] == [1, 2]
    shutil.rmtree(archive.folder(2))  # what the archive itself advises where a round is damaged
    run_rounds(federation(recipe, rounds=2), archive, workers=1)
    assert archive.facts(2)["attempts"] == 3


def test_noise_differs_between_learners_and_rounds(tmp_path):
    archive = Archive(tmp_path)
    run_rounds(federation(), archive, workers=1)
    from remembrain.targets.weights import read_weights

    moved = []
    for round_ in (1, 2):
        before = archive.state(round_ - 1)["hidden2.weight"]
        moved += [read_weights(archive.local(round_, number))["hidden2.weight"] - before for number in (1, 2)]
    for place, one in enumerate(moved):
        for other in moved[:place]:
            assert abs(float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1])) < 0.05


def test_a_learner_that_cannot_keep_the_promise_is_named(tmp_path):
    recipe = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.8, delta=0.1))
    with pytest.raises(UsageError, match=r"here, round 1: delta 0\.1 is not below 1 over 12 people"):
        run_rounds(federation(recipe), Archive(tmp_path), workers=1)


def test_a_private_federation_is_not_gone_on_with_under_another_promise(tmp_path):
    run_rounds(federation(rounds=1), Archive(tmp_path), workers=1)
    other = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.4, delta=1e-3))
    with pytest.raises(DataError, match="another federation"):
        run_rounds(federation(other, rounds=2), Archive(tmp_path), workers=1)
