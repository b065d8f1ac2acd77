"""Networks and losses that no promise can be made of are refused before the first step."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_private import Scalar, people_of_one_scan, scans_of
from torch import nn

from remembrain.cohort.arrays import ArrayInputs
from remembrain.errors import DataError, RemembrainError
from remembrain.targets.model import from_module
from remembrain.targets.private.checks import check_clipping, check_loss, refuse_mixing


def test_a_loss_that_compares_everybody_with_everybody_is_refused():
    inputs, age = scans_of("mlp", 6)
    target = from_module(Scalar(1), loss=lambda output, age: (output - age).square().mean())
    age[:3] = 40.0, 60.0, 80.0
    with pytest.raises(DataError, match="neither the mean nor the sum"):
        check_loss(target, inputs, age, np.arange(3))


def opacus_ghost(network, inputs, age, clip, shape):
    """The sum over some people as a ghost-clipping library makes it, for losses of this shape."""
    from opacus.grad_sample import GradSampleModuleFastGradientClipping
    from opacus.optimizers import DPOptimizerFastGradientClipping
    from opacus.utils.fast_gradient_clipping_utils import DPLossFastGradientClipping

    wrapped = GradSampleModuleFastGradientClipping(
        network, max_grad_norm=clip, use_ghost_clipping=True, loss_reduction="sum"
    )
    optimiser = DPOptimizerFastGradientClipping(
        torch.optim.SGD(network.parameters(), lr=1.0),
        noise_multiplier=0.0,
        max_grad_norm=clip,
        expected_batch_size=1,
        loss_reduction="sum",
    )

    class Each(nn.Module):
        reduction = "sum"

        def forward(self, years, labels):
            return (years - labels).square()

    loss = DPLossFastGradientClipping(wrapped, optimiser, Each(), loss_reduction="sum")
    labels = torch.tensor(age, dtype=torch.float32)

    def sum_of(people):
        places = np.concatenate(people)
        optimiser.zero_grad()
        years = wrapped(torch.from_numpy(inputs.values[places])).reshape(-1, *shape)
        loss(years, labels[places].reshape(-1, *shape)).backward()
        optimiser.accumulate()
        return [one.summed_grad.detach().clone() for one in network.parameters()]

    return sum_of


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")
def test_the_self_test_catches_ghost_clipping_that_breaks_for_losses_of_shape_batch_1():
    rng = np.random.default_rng(0)
    inputs, age = ArrayInputs(rng.normal(size=(16, 7)).astype(np.float32)), rng.uniform(45, 82, 16)
    people = people_of_one_scan(16)

    def checked(shape):
        network = nn.Linear(7, 1)
        nn.init.zeros_(network.weight)
        return check_clipping(opacus_ghost(network, inputs, age, 1.0, shape), people, 1.0, batch=8)

    assert checked(()).largest == pytest.approx(1.0, rel=1e-3)
    with pytest.raises(RemembrainError, match="depends on who else is there"):
        checked((1,))


def test_the_self_test_catches_a_share_above_the_bound_and_one_that_is_no_number():
    people = people_of_one_scan(3)
    with pytest.raises(RemembrainError, match=r"person 2 of 3 changes the sum by 1\.2"):
        check_clipping(
            lambda some: [torch.tensor([1.2 if one[0] == 1 else 0.5 for one in some]).sum()], people, 1.0, batch=2
        )
    with pytest.raises(RemembrainError, match="person 1 of 3 changes the sum by nan"):
        check_clipping(lambda _: [torch.tensor(float("nan"))], people, 1.0, batch=2)


@pytest.mark.parametrize(
    "layer", [nn.BatchNorm1d(7), nn.InstanceNorm1d(7, track_running_stats=True), nn.SyncBatchNorm(7)]
)
def test_layers_that_mix_people_are_refused_with_the_reason(layer):
    inputs, _ = scans_of("mlp", 6)
    target = from_module(nn.Sequential(nn.Linear(7, 7), layer, nn.Linear(7, 1)))
    with pytest.raises(DataError, match="keeps statistics of people's scans") as caught:
        refuse_mixing(target, inputs, np.arange(2))
    assert "GroupNorm" in str(caught.value)


def test_a_buffer_that_remembers_scans_is_refused():
    class Remembering(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 1)
            self.register_buffer("last", torch.zeros(7))

        def forward(self, x):
            if self.training:
                self.last = x.mean(dim=0).detach()
            return self.layer(x)

    inputs, _ = scans_of("mlp", 6)
    with pytest.raises(DataError, match="last changes when a scan is seen"):
        refuse_mixing(from_module(Remembering()), inputs, np.arange(2))


def test_memory_in_plain_attributes_and_parameters_changed_on_the_way_are_refused():
    class Remembering(nn.Module):
        def __init__(self, kind):
            super().__init__()
            self.layer, self.kind, self.seen = nn.Linear(7, 1), kind, torch.zeros(7)

        def forward(self, x):
            if self.training and self.kind == "attribute":
                self.seen = 0.9 * self.seen + 0.1 * x.mean(dim=0).detach()
            if self.training and self.kind == "parameter":
                with torch.no_grad():
                    self.layer.weight.add_(1e-3 * x.mean(dim=0))
            if self.training and self.kind == "late buffer":
                self.register_buffer("late", x.mean(dim=0).detach())
            return self.layer(x - self.seen)

    inputs, _ = scans_of("mlp", 6)
    for kind, what in (
        ("attribute", "something that is neither"),
        ("parameter", "layer.weight"),
        ("late buffer", "late"),
    ):
        with pytest.raises(DataError, match=what):
            refuse_mixing(from_module(Remembering(kind)), inputs, np.arange(2))
    refuse_mixing(from_module(Remembering("")), inputs, np.arange(2))


def test_a_loss_that_compares_everybody_is_refused_where_all_predictions_are_alike():
    inputs, _ = scans_of("mlp", 6)
    network = Scalar(1)
    nn.init.zeros_(network.layer.weight)
    target = from_module(network, loss=lambda output, labels: (output - labels).square().mean())
    with pytest.raises(DataError, match="neither the mean nor the sum"):
        check_loss(target, inputs, np.full(6, 60.0), np.arange(3))
