"""Networks, people and scans for tests of private training."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from remembrain.cohort.arrays import ArrayInputs
from remembrain.targets.model import Target
from remembrain.targets.networks import build

SHAPES = {"cnn3d": (1, 32, 32, 32), "slice-mean": (1, 32, 32, 32), "mlp": (7,)}


def target_of(name, seed=0):
    network = build(name, "light", SHAPES[name], mean_age=60.0, generator=torch.Generator().manual_seed(seed))
    return Target(network, name, "light", SHAPES[name])


def people_of_one_scan(count):
    return [np.array([place]) for place in range(count)]


def scans_of(name, count, seed=0):
    rng = np.random.default_rng(seed)
    return ArrayInputs(rng.normal(size=(count, *SHAPES[name])).astype(np.float32)), rng.uniform(45, 82, count)


class Scalar(nn.Module):
    """A network whose output has some shape."""

    def __init__(self, *tail):
        super().__init__()
        self.tail, self.layer = tail, nn.Linear(7, 1)

    def forward(self, x):
        return self.layer(x).reshape(len(x), *self.tail)
