"""Private steps against those of Opacus."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from made_private import scans_of, target_of
from opacus import GradSampleModule
from opacus.optimizers import DPOptimizer
from scipy import stats

from remembrain.targets.private.mechanism import Mechanism, Privacy
from remembrain.targets.private.noise import Seeded
from remembrain.targets.private.steps import prepare


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")  # Opacus asks for no gradient of scans
@pytest.mark.parametrize("name", ["cnn3d", "mlp"])
@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam])
def test_steps_are_those_of_opacus_on_people_with_one_scan(name, kind):
    count, noise, clip, rate = 12, 0.8, 1.3, 0.4
    inputs, age = scans_of(name, count)
    ours, theirs = target_of(name), target_of(name)
    mechanism = Mechanism(Privacy(noise_multiplier=noise, clip=clip, delta=1e-3), count, rate, 1, noise, 10.0)
    names = np.array([f"{place:02d}" for place in range(count)])
    steps = prepare(ours, inputs, age, np.arange(count), names, mechanism)
    mine = kind(ours.module.parameters(), lr=1e-2)
    wrapped = GradSampleModule(theirs.module)
    other = kind(theirs.module.parameters(), lr=1e-2)
    for epoch in range(1, 6):
        steps.one_pass(mine, 5, epoch, lambda: None)
        drawn = Seeded.of(5, epoch)
        some = np.flatnonzero(drawn.sample(count, rate))
        optimiser = DPOptimizer(
            other,
            noise_multiplier=noise,
            max_grad_norm=clip,
            expected_batch_size=mechanism.expected,
            generator=drawn.noise,
        )
        optimiser.zero_grad()
        years = wrapped(torch.from_numpy(inputs.values[some]))[:, 0]
        (years - torch.tensor(age[some], dtype=torch.float32)).square().mean().backward()
        optimiser.step()
        for one, two in zip(ours.module.parameters(), theirs.module.parameters(), strict=True):
            torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-5)
        theirs.module.load_state_dict(ours.module.state_dict())  # a difference in the last digit must not add up
        other.load_state_dict(copy.deepcopy(mine.state_dict()))


def test_a_step_that_draws_nobody_adds_noise_alone():
    inputs, age = scans_of("mlp", 6)
    target = target_of("mlp")
    mechanism = Privacy(noise_multiplier=2.0, clip=1.5, delta=1e-3).over(6, 1, 1)
    steps = prepare(target, inputs, age, np.arange(6), np.arange(6).astype(str), mechanism)
    before = [one.detach().clone() for one in target.module.parameters()]
    nobody = type(steps)(steps.clipper, [], mechanism, steps.checked)
    assert math.isnan(nobody.one_pass(torch.optim.SGD(target.module.parameters(), lr=1.0), 0, 1, lambda: None))
    moved = torch.cat([(b - a).detach().flatten() for a, b in zip(before, target.module.parameters(), strict=True)])
    n, wanted = len(moved), 2.0 * 1.5 * math.sqrt(mechanism.steps) / mechanism.expected
    low, high = np.sqrt(stats.chi2.ppf([5e-4, 1 - 5e-4], n) / n) * wanted
    assert low < float(moved.square().mean().sqrt()) < high
