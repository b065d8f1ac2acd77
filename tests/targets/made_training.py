"""A small network, its people and its training, for tests of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from in_memory import InMemory
from remembrain.targets.model import from_module
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import Kept, People, train

QUICK = Recipe("adam", 1e-2, 0.0, 4, 3)


class WithDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.output = nn.Linear(5, 16), nn.Linear(16, 1)

    def forward(self, x):
        return self.output(nn.functional.dropout(torch.relu(self.hidden(x)), 0.5, self.training))


def people(scans=14, seed=0):
    rng = np.random.default_rng(seed)
    array = rng.normal(size=(scans, 5))
    roles = {"member": np.array([0, 3, 4, 5, 9, 2]), "nonmember": np.array([1, 6, 7]), "validation": np.array([8])}
    return InMemory(array), 60 + 5 * array[:, 0], roles


def fresh():
    network = WithDropout()
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.3, generator=generator)
    return network


def run(folder: Path, *, network=None, recipe=QUICK, seed=0, data=None, roles=None, watched=True, **of_people):
    inputs, age, own_roles = data or people()
    network = fresh() if network is None else network
    trained_on = People(inputs, age, own_roles if roles is None else roles, **of_people)
    kept = Kept(folder / "target", folder / "epochs")
    return train(from_module(network), trained_on, recipe, kept, seed, watched=watched), network
