"""Scores are found again only where nothing that they depend on has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remembrain.audits.play import play
from remembrain.audits.rounds import real_rounds
from remembrain.audits.view import View
from remembrain.cohort.arrays import ArrayInputs, make_scans
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.query import key_of
from remembrain.run import Key
from remembrain.run.kept import identity_of
from remembrain.targets.model import from_module
from remembrain.types import Known

PEOPLE = 12


@dataclass(frozen=True)
class Counting:
    """An attack that counts how often it is asked."""

    strength: float = 1.0
    name: str = "counting"
    title: str = "Counting"
    access: str = "outputs"
    knows: str = "some members"
    needs: tuple[str, ...] = ("error",)
    paper: str = ""

    def score(self, known: Known, unknown: Mapping[str, Any], rng: np.random.Generator) -> np.ndarray:
        asked.append(self.name)
        return rng.random(len(unknown["error"])) + self.strength


asked: list[str] = []


def material(**changes: Any) -> Material:
    rng = np.random.default_rng(0)
    given: dict[str, Any] = {
        "array": rng.normal(size=(PEOPLE, 3)).astype(np.float32),
        "age": np.linspace(50, 70, PEOPLE),
        "people": [f"p{place:02d}" for place in range(PEOPLE)],
        "sessions": None,
        "role": np.where(np.arange(PEOPLE) % 2 == 0, "member", "nonmember").astype("<U10"),
        "known": np.arange(PEOPLE) < 6,
        "facts": rng.normal(size=(PEOPLE, 2)),
        **changes,
    }
    scans = make_scans(given["age"], given["people"], given["sessions"], None, None)
    split = Split(given["role"], given["known"])
    return Material(scans, split, ArrayInputs(given["array"]), given["facts"], "array", "", "age")


def network(weight: float = 0.5) -> torch.nn.Module:
    layer = torch.nn.Linear(3, 1)
    torch.nn.init.constant_(layer.weight, weight)
    torch.nn.init.constant_(layer.bias, 60.0)
    return layer


def key(weight: float = 0.5, seed: int = 1, code: str = "", **changes: Any) -> Key:
    return key_of(replace(from_module(network(weight)), code=code), material(**changes), seed)


CHANGES: dict[str, dict[str, Any]] = {
    "seed": {"seed": 2},
    "weights": {"weight": 0.6},
    "model": {"code": "another file"},
    "scans": {"array": np.ones((PEOPLE, 3), dtype=np.float32)},
    "people": {"people": [f"q{place:02d}" for place in range(PEOPLE)]},
    "sessions": {"sessions": ["ses-1"] * PEOPLE},
    "ages": {"age": np.linspace(50, 71, PEOPLE)},
    "covariates": {"facts": np.zeros((PEOPLE, 2))},
    "roles": {"role": np.where(np.arange(PEOPLE) % 3 == 0, "member", "nonmember").astype("<U10")},
    "known people": {"known": np.arange(PEOPLE) < 5},
}


@pytest.mark.parametrize("ingredient", CHANGES)
def test_each_ingredient_has_a_part_of_the_key_for_itself(ingredient: str) -> None:
    assert key().digest == key().digest
    assert key(**CHANGES[ingredient]).differing(key().parts) == [ingredient]


def scores(folder: Path, attack: Counting, its_key: Key, seed: int = 1) -> np.ndarray:
    asked.clear()
    data = material()
    rounds = real_rounds(data.split, [data.split.attacker_knows])
    error = {"error": np.zeros(PEOPLE)}
    view = View(data.scans, data.split.role == "member", error, its_key)
    return play(view, (attack,), rounds, seed=seed, folder=folder, workers=1).of("real")[attack.name][0].score


def test_scores_are_computed_anew_where_anything_differs_and_else_found_again(tmp_path: Path) -> None:
    first = scores(tmp_path, Counting(), key())
    assert asked == ["counting"]
    np.testing.assert_array_equal(scores(tmp_path, Counting(), key()), first)
    assert asked == []
    for change in CHANGES.values():
        scores(tmp_path, Counting(), key(**change))
        assert asked == ["counting"]
    scores(tmp_path, Counting(strength=2.0), key())
    assert asked == ["counting"]


def test_the_code_of_somebody_else_s_attack_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity_of(Counting())
    (tmp_path / "mine.py").write_text("other = True")
    monkeypatch.setattr("remembrain.run.kept.inspect.getsourcefile", lambda _: str(tmp_path / "mine.py"))
    assert identity_of(Counting()) != before
