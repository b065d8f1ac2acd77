"""Numbers that are dropped in front of the output while training."""

from __future__ import annotations

import torch
from made_defended import PLAIN

from remembrain.targets.defences import named
from remembrain.targets.networks import build


def test_the_network_is_built_with_the_share_and_drops_it_in_training_alone() -> None:
    share = PLAIN.defended(named(["dropout=0.25"])).dropout
    assert share == 0.25
    network = build(
        "mlp", "light", (6,), mean_age=60.0, generator=torch.Generator().manual_seed(0), dropout=share
    ).dropout
    ones = torch.ones(20_000)
    torch.manual_seed(0)
    dropped = (network.train()(ones) == 0).float().mean()
    assert abs(float(dropped) - 0.25) < 4 * (0.25 * 0.75 / len(ones)) ** 0.5
    assert torch.equal(network.eval()(ones), ones)
