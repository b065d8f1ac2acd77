"""Earlier epochs are asked as the last one is, and the last one stays as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from remembrain.attacks import select
from remembrain.audits.sample import draw_sample
from remembrain.cohort.arrays import ArrayInputs, make_scans
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.query import checkpoints
from remembrain.run import RunFolder
from remembrain.targets.brought import BlackBox
from remembrain.targets.model import from_module
from remembrain.targets.weights import write_weights

PEOPLE = 160


@pytest.fixture
def material() -> Material:
    """People of whom a network that adds nothing to their number errs less where they are members."""
    rng = np.random.default_rng(0)
    age, member = rng.uniform(50, 80, PEOPLE), np.arange(PEOPLE) % 2 == 0
    rows = (age + rng.normal(0, np.where(member, 0.5, 5.0)))[:, None].astype(np.float32)
    split = Split(np.where(member, "member", "nonmember"), np.arange(PEOPLE) % 4 < 2)
    return Material(make_scans(age), split, ArrayInputs(rows), rows.astype(float), "array", "a number")


def adding(number: float) -> torch.nn.Linear:
    layer = torch.nn.Linear(1, 1)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.fill_(number)
    return layer


def test_every_kept_epoch_is_described_and_the_last_model_is_left_alone(tmp_path: Path, material: Material) -> None:
    run, last = RunFolder.create(tmp_path / "run", {}), adding(7.0)
    for epoch, number in ((2, 40.0), (4, 0.0)):
        write_weights(adding(number), run.epochs / f"epoch-{epoch:03d}.safetensors")
    attacks, sample = select(("error-threshold", "logistic")), draw_sample(material, 3, seed=0)
    described, why = checkpoints.describe_checkpoints(run, from_module(last), sample, attacks, 0, 1)
    assert why == ""
    assert [epoch.epoch for epoch in described] == [2, 4]
    error = material.facts[:, 0] - material.scans.age
    member = material.split.role == "member"
    for epoch, number in zip(described, (40.0, 0.0), strict=True):
        gap = np.abs(error + number)[~member].mean() - np.abs(error + number)[member].mean()
        assert epoch.gap.value == pytest.approx(gap, abs=0.3)  # told in steps
        assert [attack.name for attack in epoch.attacks] == ["error-threshold"], "the quick ones alone"
    assert described[1].attacks[0].auc.value > 0.8 > described[0].attacks[0].auc.value
    assert last.bias.item() == 7.0


def test_of_a_model_that_only_answers_and_without_a_quick_attack_there_is_nothing(
    tmp_path: Path, material: Material
) -> None:
    run, sample = RunFolder(tmp_path), draw_sample(material, 1, seed=0)
    box = BlackBox("theirs", "a function", lambda inputs: np.zeros((len(inputs), 1)), "code")
    assert checkpoints.describe_checkpoints(run, box, sample, select(("error-threshold",)), 0, 1) == ((), "")
    target = from_module(adding(0.0))
    assert checkpoints.describe_checkpoints(run, target, sample, select(("logistic",)), 0, 1) == ((), "")
