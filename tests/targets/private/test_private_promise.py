"""A promise is kept beside the weights that it is made of, and no other."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from remembrain.errors import DataError, UsageError
from remembrain.run import RunFolder, read_json, sha256
from remembrain.targets.private.accounting import epsilon_of
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.private.promise import PRIVACY, finite, promised, read_training, record_training
from remembrain.targets.recipes import Recipe

AGE, PERSON = np.linspace(50, 80, 60), np.repeat(np.arange(30), 2).astype(str)
PLAIN = Recipe("adam", 1e-2, 0.0, 5, 4)
PRIVATE = replace(PLAIN, privacy=Privacy(noise_multiplier=2.0, delta=1e-3))


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder.create(tmp_path / "run", {})
    folder.target.mkdir(exist_ok=True)
    (folder.target / "model.safetensors").write_bytes(b"weights")
    return folder


def test_it_is_known_before_the_first_step_over_people_and_not_scans() -> None:
    mechanism = promised(PRIVATE, AGE, PERSON)
    assert (mechanism.people, mechanism.rate, mechanism.steps) == (30, 5 / 30, 6)
    assert promised(PLAIN, AGE, PERSON) is None
    with pytest.raises(UsageError, match="not below 1 over 30 people"):
        promised(replace(PLAIN, privacy=Privacy(noise_multiplier=2.0, delta=0.1)), AGE, PERSON)


def test_what_was_spent_is_written_and_bound_to_the_weights(run: RunFolder) -> None:
    mechanism = promised(PRIVATE, AGE, PERSON)
    history = [{"epoch": 1.0, "epsilon": 0.5}, {"epoch": 2.0, "epsilon": math.inf}]
    trained = SimpleNamespace(mechanism=mechanism, spent=mechanism.spent(4), checked=None, history=history)
    record_training(run, trained, PERSON)
    written = read_json(run.target / PRIVACY)
    assert written["epsilon"] == epsilon_of(mechanism.spent(4), 1e-3)
    assert written["second_epsilon"] <= written["epsilon"]
    assert (written["people"], written["most_scans"], written["steps"]) == (30, 2, 4 * 6)
    assert (written["noise_multiplier"], written["sample_rate"], written["delta"]) == (2.0, 5 / 30, 1e-3)
    assert written["mean_age"] == {"noise_multiplier": 10.0, "low": 0.0, "high": 100.0}
    assert written["by_epoch"] == [{"epoch": 1, "epsilon": 0.5}, {"epoch": 2, "epsilon": None}]
    assert written["weights"] == sha256(run.target / "model.safetensors")
    assert read_training(run) is not None
    (run.target / "model.safetensors").write_bytes(b"others")
    with pytest.raises(DataError, match="a promise of other weights"):
        read_training(run)


def test_a_training_that_promises_nothing_leaves_no_promise_of_another(run: RunFolder) -> None:
    assert read_training(run) is None
    (run.target / PRIVACY).write_text("{}")
    with pytest.raises(DataError, match=PRIVACY):
        read_training(run)
    record_training(run, SimpleNamespace(mechanism=None), PERSON)
    assert read_training(run) is None


def test_no_bound_is_no_number() -> None:
    assert finite(1.5) == 1.5
    assert finite(math.inf) is None
