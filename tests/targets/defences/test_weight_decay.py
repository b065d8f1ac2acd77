"""A penalty on large weights."""

from __future__ import annotations

from dataclasses import replace

import torch
from made_defended import PLAIN

from remembrain.targets.defences import named


def test_a_step_without_a_gradient_takes_the_penalty_s_share_of_every_weight() -> None:
    recipe = replace(PLAIN, optimiser="sgd", learning_rate=0.5).defended(named(["weight-decay=0.3"]))
    layer = torch.nn.Linear(3, 1)
    before = layer.weight.detach().clone()
    optimiser = recipe.make_optimiser(layer)
    layer.weight.grad = torch.zeros_like(before)
    optimiser.step()
    torch.testing.assert_close(layer.weight.detach(), before * (1 - 0.5 * 0.3))
