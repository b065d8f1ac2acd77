"""The network for tables, against its two layers written out."""

from __future__ import annotations

import torch
from made_networks import seeded

from remembrain.targets.networks import build


def test_it_is_two_hidden_layers_of_512_with_relu_and_one_number() -> None:
    network = build("mlp", "light", (2, 3), mean_age=60.0, generator=seeded()).eval()
    assert sum(one.numel() for one in network.parameters()) == (6 + 1) * 512 + (512 + 1) * 512 + 512 + 1
    rows = torch.randn(4, 2, 3, generator=seeded(1))
    with torch.no_grad():
        hidden = rows.reshape(4, 6)
        for layer in (network.hidden1, network.hidden2):
            hidden = (hidden @ layer.weight.T + layer.bias).clamp(min=0)
        expected = hidden @ network.output.weight.T + network.output.bias
        torch.testing.assert_close(network(rows), expected)
    assert network.last is network.output
