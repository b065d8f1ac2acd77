"""Intervals of several attacks at once are wider than of each alone; what sees more is held against the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from remembrain.audits.several import assessed_for_all, beyond_black_box
from remembrain.evidence.assess import assess
from remembrain.types import Scores

PEOPLE = 200
NAMES = np.array([f"sub-{place:03d}" for place in range(PEOPLE)])
MEMBER = np.arange(PEOPLE) % 2 == 0


@dataclass(frozen=True)
class Declared:
    name: str
    access: str
    title: str = ""
    knows: str = "some members"
    paper: str = ""


def scores(name: str, apart: float, seed: int) -> list[Scores]:
    drawn = np.random.default_rng(seed).normal(size=PEOPLE) + apart * MEMBER
    return [Scores(name, 0, NAMES, np.full(PEOPLE, ""), MEMBER, drawn)]


REAL = {"a": scores("a", 0.5, 1), "b": scores("b", 1.0, 2), "c": scores("c", 2.0, 3)}


def test_of_several_attacks_each_interval_is_wider_and_its_value_the_same() -> None:
    together = assessed_for_all(list(REAL), REAL, seed=0)
    for name, repeats in REAL.items():
        alone, one_of_three = assess(repeats).auc, together[name].auc
        assert alone is not None
        assert one_of_three is not None
        assert one_of_three.value == alone.value
        assert one_of_three.low < alone.low < alone.high < one_of_three.high
    assert assessed_for_all([], REAL, seed=0) == {}


def test_an_attack_on_weights_is_held_against_the_best_on_outputs() -> None:
    attacks = [Declared("a", "outputs"), Declared("b", "outputs"), Declared("c", "weights")]
    assessments = {name: assess(repeats) for name, repeats in REAL.items()}
    ahead = beyond_black_box(attacks, assessments, REAL, seed=0)
    assert list(ahead) == ["c"]
    assert ahead["c"].baseline == "b"
    auc = {name: assessment.auc.value for name, assessment in assessments.items() if assessment.auc}
    assert ahead["c"].value == pytest.approx(auc["c"] - auc["b"], abs=6e-4)  # told in thousandths
    assert 0 < ahead["c"].low < ahead["c"].value < ahead["c"].high
    del assessments["c"]
    assert beyond_black_box(attacks, assessments, REAL, seed=0) == {}
