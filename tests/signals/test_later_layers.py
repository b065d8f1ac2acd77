"""The later layers of a network, cut behind one: the same answer for every scan, in every network and form."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from audited import Audited, InMemory, drawn, mixed_target
from torch import nn

from remembrain.errors import DataError
from remembrain.signals import extract, later_layers
from remembrain.targets.model import from_module
from remembrain.targets.networks import build

FORMS = [
    ("cnn3d", "light", (1, 32, 32, 32), 6),
    ("slice-mean", "light", (1, 32, 32, 32), 6),
    ("mlp", "light", (20,), 6),
    ("cnn3d", "paper", (1, 64, 64, 64), 2),
    ("slice-mean", "paper", (1, 64, 64, 64), 2),
]
IDS = [f"{name}-{form}" for name, form, *_ in FORMS]


def target_of(name, form, shape):
    return from_module(build(name, form, shape, mean_age=60.0, generator=torch.Generator().manual_seed(1)))


def volumes(shape, count, seed=0):
    return InMemory(np.random.default_rng(seed).normal(size=(count, *shape)))


@pytest.mark.parametrize(
    ("name", "form", "shape", "count"),
    [
        pytest.param(*one, id=name, marks=pytest.mark.slow if "paper" in one else ())
        for one, name in zip(FORMS, IDS, strict=True)
    ],
)
def test_cut_behind_the_second_layer_a_network_says_the_same_of_every_scan(tmp_path, name, form, shape, count):
    target, inputs = target_of(name, form, shape), volumes(shape, count)
    age = np.full(count, 60.0)
    found = extract(target, inputs, age, names=["prediction", "activation:second"], folder=tmp_path).seen
    layers = later_layers(target, inputs[0], 60.0, "second").eval()
    with torch.no_grad():
        years = layers(torch.from_numpy(np.asarray(found["activation:second"], dtype=np.float32)))
    assert years.shape == (count,)
    # activations are kept in half precision, 11 bits: a relative error of 0.0005 each, which layers average
    np.testing.assert_allclose(years.numpy(), found["prediction"], rtol=2e-3, atol=0.05)
    assert form == "paper" or np.ptp(found["prediction"]) > 0


@pytest.mark.parametrize("layer", ["conv", "hidden"])
def test_cut_behind_a_layer_by_its_name(layer):
    target = Audited(drawn(Plain()))
    scan = np.random.default_rng(0).normal(size=(1, 9)).astype(np.float32)
    layers = later_layers(target, scan, 60.0, layer).eval()
    target.module.eval()
    with torch.no_grad():
        x = target.module.conv(torch.from_numpy(scan)[None])
        x = x if layer == "conv" else target.module.hidden(torch.relu(x).mean(2))
        years = layers(torch.stack([x, x]))
        expected = target.module(torch.from_numpy(scan)[None]).reshape(-1)
    torch.testing.assert_close(years, expected.expand(2))


class Plain(nn.Module):
    """Three layers one after another."""

    def __init__(self):
        super().__init__()
        self.conv, self.hidden, self.output = nn.Conv1d(1, 4, 3), nn.Linear(4, 6), nn.Linear(6, 1)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(torch.relu(self.conv(x)).mean(2))))


class Skipping(Plain):
    """What the first layer puts out reaches the output past the second."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(10, 1)

    def forward(self, x):
        early = torch.relu(self.conv(x)).mean(2)
        return self.output(torch.cat([early, torch.relu(self.hidden(early))], 1))


def test_a_network_whose_earlier_layers_reach_past_the_cut_is_refused():
    scan = np.random.default_rng(0).normal(size=(1, 9)).astype(np.float32)
    with pytest.raises(DataError, match="does not give the same answer when it is cut behind 'hidden'"):
        later_layers(Audited(drawn(Skipping())), scan, 60.0, "hidden")


def test_nothing_follows_the_output():
    scan = np.zeros((1, 9), dtype=np.float32)
    with pytest.raises(DataError, match="is the output: no layer follows it"):
        later_layers(Audited(drawn(Plain())), scan, 60.0, "output")


def test_the_target_is_left_as_it_was_and_shares_no_weight_with_the_copy():
    target = mixed_target()
    target.module.layer_norm.eval()
    before = {name: value.clone() for name, value in target.module.state_dict().items()}
    modes = {name: part.training for name, part in target.module.named_modules()}
    scan = np.random.default_rng(0).normal(size=(1, 9)).astype(np.float32)
    layers = later_layers(target, scan, 60.0, "first")
    with torch.no_grad():
        for parameter in layers.parameters():
            parameter.zero_()
    assert {name: part.training for name, part in target.module.named_modules()} == modes
    for name, value in target.module.state_dict().items():
        assert torch.equal(value, before[name])
    assert not any(part._forward_hooks for part in target.module.modules())


def test_layers_before_the_cut_are_gone():
    target = target_of("cnn3d", "light", (1, 32, 32, 32))
    layers = later_layers(target, volumes((1, 32, 32, 32), 1)[0], 60.0, "second")
    names = [name for name, _ in layers.named_parameters()]
    assert not [name for name in names if ".conv1." in name or ".conv2." in name]
    assert [name for name in names if ".output." in name]
