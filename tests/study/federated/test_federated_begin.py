"""Everything that decides the rounds is in their key, but how many there are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from in_memory import InMemory
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.config import Config, TrainOptions
from remembrain.run import Key
from remembrain.study.federated.begin import key_of
from remembrain.targets.recipes import recipe

PEOPLE = 12
LEARNER = np.arange(PEOPLE) % 3
NAMES = {1: "A", 2: "B"}


def key(*, seed: int = 0, older: float = 0.0, learner: Any = LEARNER, names: Any = NAMES, epochs: int = 2) -> Key:
    rows = np.random.default_rng(0).normal(size=(PEOPLE, 3))
    scans = make_scans(np.linspace(50, 70, PEOPLE) + older)
    split = Split(np.where(LEARNER > 0, "member", "nonmember"), np.zeros(PEOPLE, dtype=bool))
    material = Material(scans, split, InMemory(rows), rows, "table", "3 columns")
    config = Config(source=Path("t.tsv"), seed=seed, training=TrainOptions(network="mlp"))
    return key_of(config, replace(recipe("mlp", "light"), epochs=epochs), material, (learner, names))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"seed": 1}, "seed"),
        ({"older": 1.0}, "ages"),
        ({"learner": LEARNER[::-1]}, "learners"),
        ({"names": {1: "A", 2: "C"}}, "names"),
        ({"epochs": 3}, "settings"),
    ],
)
def test_whatever_decides_a_round_changes_the_key_in_its_part_alone(change: dict[str, Any], part: str) -> None:
    assert key(**change).differing(key().parts) == [part]
    assert key().differing(key().parts) == []
