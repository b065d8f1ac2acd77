"""The network of slices as released, and what it does with the order of slices."""

from __future__ import annotations

import pytest
from made_networks import MNI, seeded
from torch import nn

from remembrain.targets.networks import build


def test_paper_slice_mean_is_initialised_as_released():
    network = build("slice-mean", "paper", MNI, mean_age=60.0, generator=seeded())
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            fan_out = layer.out_channels * layer.kernel_size[0] ** 2
            assert layer.weight.std().item() == pytest.approx((2 / fan_out) ** 0.5, rel=0.1)
    assert network.output[0].weight.std().item() == pytest.approx(0.01, rel=0.1)
    biases = [value for name, value in network.named_parameters() if name.endswith("bias") and name != "output.2.bias"]
    assert all(bool((bias == 0).all()) for bias in biases)
