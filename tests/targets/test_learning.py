"""Steps and answers of an epoch, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from made_training import people, run
from torch import nn

from remembrain.errors import RemembrainError
from remembrain.targets.recipes import Recipe


def test_sgd_on_a_linear_model_takes_the_steps_of_its_closed_form(tmp_path):
    inputs, age, _ = people()
    roles = {"member": np.array([2, 5, 7])}
    network = nn.Linear(5, 1)
    weight, bias = np.zeros(5), 60.0
    with torch.no_grad():
        network.weight.zero_()
        network.bias.fill_(bias)
    run(tmp_path, network=network, recipe=Recipe("sgd", 0.01, 0.1, 3, 4), data=(inputs, age, roles))
    x, y = inputs.array[roles["member"]].astype(float), age[roles["member"]]
    for _ in range(4):
        distance = x @ weight + bias - y
        step = (2 * distance @ x / 3 + 0.1 * weight, 2 * distance.mean() + 0.1 * bias)
        weight, bias = weight - 0.01 * step[0], bias - 0.01 * step[1]
    np.testing.assert_allclose(network.weight.detach().numpy()[0], weight, rtol=1e-4)
    assert network.bias.item() == pytest.approx(bias, rel=1e-6)


def test_a_loss_that_is_no_number_names_epoch_and_batch(tmp_path):
    inputs, age, roles = people()
    age[9] = 1e30
    with pytest.raises(RemembrainError, match=r"the loss became inf in epoch 1, batch \d"):
        run(tmp_path, data=(inputs, age, roles))
    assert not (tmp_path / "target").exists()
