"""Strangers' networks are answered, or exactly what cannot be had of them is refused with the true reason."""

import re
import warnings

import numpy as np
import pytest
import torch
from audited import Audited, InMemory, mixed_target, scans
from torch import nn

from remembrain.errors import DataError
from remembrain.signals import extract, later_layers

OUTPUTS = {"prediction", "label", "error"}
GRADIENTS = {"gradient-magnitude", "gradient:first", "gradient:last-hidden", "gradient:output"}
ALL = (*sorted(OUTPUTS), "disguised-error", *sorted(GRADIENTS), "activation:second")


class Volumes(nn.Module):
    """A small residual network that changes in place whatever it can: input, activations, what is added up."""

    def __init__(self, *, inplace=True):
        super().__init__()
        self.first, self.second = nn.Conv3d(1, 4, 3, padding=1), nn.Conv3d(4, 4, 3, padding=1)
        self.third, self.head = nn.Conv3d(4, 4, 3, padding=1), nn.Linear(4, 1)
        self.relu, self.drop, self.inplace = nn.ReLU(inplace=inplace), nn.Dropout(0.5, inplace=inplace), inplace

    def forward(self, x):
        if self.inplace:
            x.sub_(1)
            out = self.second(self.relu(self.first(x)))
            out += 0.5
        else:
            out = self.second(self.relu(self.first(x - 1))) + 0.5
        return self.head(self.drop(self.relu(self.third(self.relu(out))).mean((2, 3, 4))))


def made(make):
    torch.manual_seed(1)
    return make()


class Around(nn.Module):
    """Another network, and what becomes of its output."""

    def __init__(self, call):
        super().__init__()
        self.network, self.call = made(Volumes), call

    def forward(self, x):
        return self.call(self.network, x)


def without_gradients(network, x):
    with torch.no_grad():
        return network(x)


def in_inference(network, x):
    with torch.inference_mode():
        return network(x)


def fails_backwards(network, x):
    years = network(x)
    if years.requires_grad:
        years.register_hook(lambda _: 1 / 0)
    return years


class OneNumber(Audited):
    """Of whatever comes out, as the target room has it."""

    def age(self, output):
        return torch.as_tensor(output).reshape(-1)

    def loss(self, output, age):
        return (self.age(output) - age).square().mean()


def extracted(folder, module, names=ALL, count=3):
    inputs, age = scans(count, (1, 4, 5, 4))
    before = inputs.array.tobytes()
    found = extract(OneNumber(module), inputs, age, names=names, folder=folder)
    assert inputs.array.tobytes() == before
    assert found.seen.keys() >= OUTPUTS
    return found


def test_what_is_changed_in_place_is_seen_as_it_was(tmp_path):
    """The same network without anything in place gives the same signals, the activation that before the ReLU."""
    changing = extracted(tmp_path / "a", made(Volumes))
    plain = extracted(tmp_path / "b", made(lambda: Volumes(inplace=False)))
    assert changing.refused == plain.refused == {}
    assert changing.seen.keys() == plain.seen.keys() == set(ALL)
    for name in ALL:
        np.testing.assert_array_equal(changing.seen[name], plain.seen[name])
    assert float(np.asarray(changing.seen["activation:second"]).min()) < 0
    assert changing.unsteady == ""


def test_later_layers_that_change_in_place_are_trained(tmp_path):
    inputs, age = scans(3, (1, 4, 5, 4))
    layers = later_layers(Audited(made(Volumes)), inputs[0], float(age[0]), "second")
    given = torch.randn(4, 1, 4, 4, 5, 4)
    before = given.clone()
    layers(given).sum().backward()
    assert torch.equal(given, before)
    assert layers.module.third.weight.grad is not None


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (without_gradients, "the network records no gradient: it computes under no_grad"),
        (in_inference, "the network records no gradient: it computes under no_grad or inference_mode"),
        (lambda network, x: network(x).item(), "the network records no gradient: .* detaches its output"),
        (lambda network, x: network(x).detach().numpy(), "the network records no gradient: .* detaches its output"),
        (fails_backwards, "ZeroDivisionError: division by zero"),
    ],
)
def test_without_gradients_only_gradients_are_refused_and_the_reason_is_the_true_one(tmp_path, call, reason):
    found = extracted(tmp_path, Around(call))
    assert found.refused.keys() == GRADIENTS
    for why in found.refused.values():
        assert re.search(reason, why)
    assert {"disguised-error", "activation:second"} <= found.seen.keys()


@pytest.mark.parametrize("make", [torch.jit.script, lambda net: torch.jit.trace(net, torch.ones(1, 1, 4, 5, 4))])
def test_scripts_and_traces_do_not_show_their_layers(tmp_path, make):
    with warnings.catch_warnings(action="ignore"):
        module = make(made(Volumes).eval())
    found = extracted(tmp_path, module)
    assert {*found.refused.values()} == {"a scripted or traced network does not show its layers"}
    assert found.refused.keys() == {*GRADIENTS, "activation:second"} - {"gradient-magnitude"}
    plain = extracted(tmp_path / "plain", made(Volumes))
    np.testing.assert_allclose(found.seen["gradient-magnitude"], plain.seen["gradient-magnitude"], rtol=1e-4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: made(Volumes).requires_grad_(False),
        lambda: nn.DataParallel(made(Volumes)),
        lambda: made(Volumes).half(),
        lambda: made(Volumes).bfloat16(),
        lambda: nn.Sequential(
            nn.utils.parametrizations.weight_norm(nn.Conv3d(1, 2, 3)),
            nn.ReLU(inplace=True),
            nn.utils.parametrizations.spectral_norm(nn.Conv3d(2, 2, 2)),
            nn.ReLU(inplace=True),
            nn.Flatten(),
            nn.Linear(4, 1),
        ),
        lambda: nn.Sequential(
            nn.LazyConv3d(2, 3), nn.ReLU(inplace=True), nn.LazyConv3d(2, 1), nn.Flatten(), nn.LazyLinear(1)
        ),
    ],
)
def test_networks_of_many_kinds_are_answered_whole(tmp_path, make):
    module = made(make)
    if any(nn.parameter.is_lazy(value) for value in module.parameters()):
        module(torch.ones(1, 1, 4, 5, 4))
    found = extracted(tmp_path, module)
    assert found.refused == {}
    assert np.abs(found.seen["gradient:first"]).sum() > 0


class Remembering(Volumes):
    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.zeros(()))
        self.hidden = 0.0

    def forward(self, x):
        self.seen += 1
        self.hidden = super().forward(x) + 0.1 * self.seen + 0.5 * self.hidden
        return self.hidden


CALLS = [0]


def another_each_time(network, x):
    CALLS[0] += 1
    return network(x) + CALLS[0]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Remembering, "remembers what it was asked before"),
        (lambda: Around(lambda net, x: net(nn.functional.dropout(x, 0.5, training=True))), "draws random numbers"),
        (lambda: Around(another_each_time), "answers one question differently each time (by 3)"),
    ],
)
def test_answers_that_differ_are_told(tmp_path, make, words):
    assert words in extracted(tmp_path, made(make)).unsteady


def test_a_network_that_remembers_answers_every_scan_as_it_was_brought(tmp_path):
    module = made(Remembering)
    inputs, age = scans(4, (1, 4, 5, 4))
    found = extract(OneNumber(module), inputs, age, names=ALL, folder=tmp_path / "a")
    turned = extract(
        OneNumber(module), InMemory(inputs.array[::-1].copy()), age[::-1].copy(), names=ALL, folder=tmp_path / "b"
    )
    for name in ALL:
        np.testing.assert_array_equal(found.seen[name], turned.seen[name][::-1])


class FailsAt(Audited):
    """Fails at one scan: in its prediction, or in its loss alone."""

    def __init__(self, module, age_at=None, loss_at=None):
        super().__init__(module)
        self.age_at, self.loss_at = age_at, loss_at

    def age(self, output):
        if self.age_at is not None and torch.isclose(output.reshape(()).double(), self.age_at):
            raise ValueError("no such bin")
        return super().age(output)

    def loss(self, output, age):
        if self.loss_at is not None and float(age) == pytest.approx(self.loss_at):
            return super().loss(output, age) * torch.nan if self.loss_at > 1 else 1 / 0
        return super().loss(output, age)


def test_a_prediction_that_fails_ends_it_all_and_names_the_scan(tmp_path):
    inputs, age = scans()
    at = extract(mixed_target(), inputs, age, names=["prediction"], folder=tmp_path / "a").seen["prediction"][4]
    target = FailsAt(mixed_target().module, age_at=torch.tensor(float(at), dtype=torch.float64))
    labels = [f"sub-{number}" for number in range(6)]
    with pytest.raises(DataError, match=r"sub-4: the network does not predict an age .*ValueError: no such bin"):
        extract(target, inputs, age, names=["error", "gradient:output"], folder=tmp_path / "b", labels=labels)


@pytest.mark.parametrize(("loss_at", "reason"), [(0.25, "ZeroDivisionError"), (1.75, "is NaN or infinite")])
def test_a_gradient_that_fails_for_one_scan_ends_gradients_alone_and_leaves_no_file(tmp_path, loss_at, reason):
    inputs, age = scans()
    age[3] = loss_at
    names = ["error", "gradient:output", "gradient-magnitude", "activation:hidden"]
    found = extract(FailsAt(mixed_target().module, loss_at=loss_at), inputs, age, names=names, folder=tmp_path)
    assert found.seen.keys() == {"error", "activation:hidden"}
    assert found.refused.keys() == {"gradient:output", "gradient-magnitude"}
    assert all(reason in why and "scan" not in why for why in found.refused.values())
    assert len(list(tmp_path.iterdir())) == 2
    alone = extract(mixed_target(), inputs, age, names=["error", "activation:hidden"], folder=tmp_path / "alone").seen
    for name, array in alone.items():
        np.testing.assert_array_equal(found.seen[name], array)
