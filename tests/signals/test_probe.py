"""Which layers a network has, as it is seen answering one scan."""

from __future__ import annotations

import pytest
import torch
from audited import Audited, mixed_target, resolved
from torch import nn

from remembrain.errors import DataError, UsageError
from remembrain.signals import KINDS


def layers(target, shape=(1, 9)):
    found = resolved(target, "gradient:first", "gradient:last-hidden", "gradient:output", shape=shape)
    return [signal.parameters for signal in found.values()]


def test_layers_are_found_in_order_of_execution_whatever_their_place_in_the_module():
    assert layers(mixed_target()) == [("conv.weight",), ("hidden.weight",), ("output.weight",)]


class Shared(nn.Module):
    """One encoder called several times, and an auxiliary head that runs last but is not predicted with."""

    def __init__(self):
        super().__init__()
        self.head, self.encoder, self.auxiliary = nn.Linear(4, 1), nn.Linear(3, 4), nn.Linear(4, 7)

    def forward(self, x):
        code = sum(self.encoder(part) for part in x.split(3, dim=2))
        self.auxiliary(code)
        return self.head(code.mean(1))


def test_layers_that_the_loss_does_not_depend_on_are_passed_over():
    assert layers(Audited(Shared())) == [("encoder.weight",), ("encoder.weight",), ("head.weight",)]


def test_a_frozen_trunk_is_seen_through_and_stays_frozen():
    target = mixed_target()
    target.module.conv.weight.requires_grad_(False)
    assert layers(target)[0] == ("conv.weight",)
    assert not target.module.conv.weight.requires_grad
    assert target.module.hidden.weight.requires_grad


def test_a_layer_under_a_parametrisation_is_found():
    module = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(9, 4)), nn.Linear(4, 1), nn.Flatten(0))
    (first,), (hidden,), (output,) = layers(Audited(module), shape=(9,))
    assert first.startswith("0.parametrizations.weight")
    assert hidden == first
    assert output == "1.weight"


def test_a_layer_is_called_by_its_module_s_name():
    signal = resolved(mixed_target(), "gradient:hidden")["gradient:hidden"]
    assert (signal.parameters, signal.shape, signal.dtype) == (("hidden.weight",), (6, 4), "<f4")


@pytest.mark.parametrize("layer", ["nothing", "unused", "layer_norm", "dropout"])
def test_a_layer_that_is_not_there_is_refused_with_those_that_are(layer):
    with pytest.raises(DataError, match=r"expected one of conv, hidden, output"):
        resolved(mixed_target(), f"gradient:{layer}")


def test_a_network_of_one_layer_has_no_hidden_one():
    target = Audited(nn.Linear(9, 1))
    assert resolved(target, "gradient:output", shape=(9,))["gradient:output"].parameters == ("weight",)
    with pytest.raises(DataError, match="no last-hidden layer"):
        resolved(target, "gradient:last-hidden", shape=(9,))


def test_outputs_of_several_tensors_are_probed():
    class Several(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(9, 1), nn.Linear(9, 1, bias=False)

        def forward(self, x):
            return {"age": self.a(x), "rest": [self.b(x)]}

    class Target(Audited):
        def age(self, output):
            return output["age"][:, 0]

        def loss(self, output, age):
            return (self.age(output) - age).square().mean()

    target = Target(Several())
    found = resolved(target, "gradient-magnitude", "gradient:output", shape=(9,))
    assert found["gradient:output"].parameters == ("a.weight",)
    assert found["gradient-magnitude"].parameters == ("a.weight", "a.bias"), "the loss does not depend on the rest"


def test_watching_leaves_the_target_as_it_was():
    target = mixed_target()
    before = {name: value.clone() for name, value in target.module.state_dict().items()}
    state = torch.random.get_rng_state()
    resolved(target, *(kind + "first" if kind.endswith(":") else kind for kind in KINDS))
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(part.training for part in target.module.modules())
    assert all(parameter.requires_grad for parameter in target.module.parameters())
    assert not any(part._forward_pre_hooks for part in target.module.modules())
    for name, value in target.module.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.parametrize("name", ["loss", "gradient", "gradient:", "prediction:first", ""])
def test_names_that_are_no_signal_are_refused_with_what_there_is(name):
    with pytest.raises(
        UsageError,
        match="expected one of prediction, label, error, disguised-error, gradient-magnitude, gradient:LAYER",
    ):
        resolved(mixed_target(), name)
