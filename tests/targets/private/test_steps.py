"""What prepares private steps: usual losses pass, wrong sums are caught, frozen parameters are left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_private import Scalar, scans_of, target_of
from torch import nn

from remembrain.cohort.arrays import ArrayInputs
from remembrain.errors import DataError, RemembrainError
from remembrain.targets.model import from_module
from remembrain.targets.private.clipping import Clipper, layers_of
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.private.steps import prepare

LOSSES = {
    "mean": lambda output, age: (output.reshape(-1) - age).square().mean(),
    "sum": lambda output, age: (output.reshape(-1) - age).square().sum(),
    "mean of (batch, 1)": lambda output, age: (output.reshape(-1, 1) - age.reshape(-1, 1)).square().mean(),
    "shape (1,)": lambda output, age: (output.reshape(-1) - age).abs().mean().reshape(1),
    "shape (1, 1)": lambda output, age: (output.reshape(-1) - age).abs().mean().reshape(1, 1),
    "smooth": lambda output, age: nn.functional.smooth_l1_loss(output.reshape(-1), age),
}


@pytest.mark.parametrize("loss", [None, *LOSSES])
@pytest.mark.parametrize("tail", [(), (1,), (1, 1, 1)])
@pytest.mark.parametrize("scans_each", [1, 2])
def test_the_self_test_passes_usual_outputs_and_losses(tail, loss, scans_each):
    rng = np.random.default_rng(0)
    inputs, age = ArrayInputs((rng.normal(size=(24, 7)) * 10).astype(np.float32)), rng.uniform(45, 82, 24)
    target = from_module(Scalar(*tail), loss=LOSSES.get(loss))
    person = (np.arange(24) // scans_each).astype(str)
    mechanism = Privacy(noise_multiplier=1.0, clip=0.3, delta=1e-3).over(24 // scans_each, 4, 1)
    checked = prepare(target, inputs, age, np.arange(24), person, mechanism).checked
    assert checked.people == 24 // scans_each
    assert checked.largest == pytest.approx(0.3, rel=1e-3)


@pytest.mark.parametrize(
    "loss",
    [
        lambda output, age: (output.reshape(-1) - age).square(),
        lambda output, age: (output.reshape(-1, 1) - age.reshape(-1, 1)).square(),
    ],
)
def test_a_loss_that_is_no_scalar_is_refused_before_any_step(loss):
    inputs, age = scans_of("mlp", 6)
    target = from_module(Scalar(1), loss=loss)
    mechanism = Privacy(noise_multiplier=1.0, delta=1e-3).over(6, 2, 1)
    with pytest.raises(DataError, match="expected a scalar tensor"):
        prepare(target, inputs, age, np.arange(6), np.arange(6).astype(str), mechanism)


def test_frozen_and_unused_parameters_are_left_alone():
    class Partly(nn.Module):
        def __init__(self):
            super().__init__()
            self.frozen, self.used, self.unused = nn.Linear(7, 7), nn.Linear(7, 1), nn.Linear(7, 1)
            self.frozen.requires_grad_(False)

        def forward(self, x):
            return self.used(self.frozen(x))

    inputs, age = scans_of("mlp", 6)
    network = Partly()
    before = {name: one.clone() for name, one in network.state_dict().items()}
    mechanism = Privacy(noise_multiplier=0.0, clip=1.0, delta=1e-3).over(6, 3, 1)
    steps = prepare(from_module(network), inputs, age, np.arange(6), np.arange(6).astype(str), mechanism)
    steps.one_pass(torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1), 0, 1, lambda: None)
    changed = {name for name, one in network.state_dict().items() if not torch.equal(one, before[name])}
    assert changed == {"used.weight", "used.bias"}


def test_shared_weights_cannot_be_taken_together_and_a_wrong_norm_shows_where_nothing_binds_yet():
    class Tied(type(target_of("mlp").module)):
        def __init__(self):
            super().__init__((7,))
            self.extra = nn.Linear(512, 512)
            self.extra.weight = self.hidden2.weight

    with pytest.raises(DataError, match="share their weights"):
        layers_of(Tied())
    inputs, age = scans_of("mlp", 12)
    names = np.array([f"{place:02d}" for place in range(12)])
    mechanism = Privacy(noise_multiplier=1.0, clip=1e9, delta=1e-3).over(12, 4, 1)
    clipper = Clipper._add_together

    def half_the_norm(self, total, people):  # right sums while nobody is clipped, and too much of everybody later
        doubled = replace(self, clip=2 * self.clip)
        return clipper(doubled, total, people)

    Clipper._add_together = half_the_norm
    try:
        with pytest.raises(RemembrainError, match="away from the sum of their own shares"):
            prepare(target_of("mlp"), inputs, age, np.arange(12), names, mechanism)
    finally:
        Clipper._add_together = clipper
