"""The network of volumes as published."""

from __future__ import annotations

import pytest
from made_networks import MNI, seeded

from remembrain.targets.networks import build


def test_paper_cnn3d_is_initialised_uniformly_within_the_fan_in():
    network = build("cnn3d", "paper", MNI, mean_age=60.0, generator=seeded())
    bound = (32 * 27) ** -0.5
    assert network.conv2.weight.abs().max().item() == pytest.approx(bound, rel=0.01)
    assert network.conv2.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.02)
