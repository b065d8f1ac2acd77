"""Targets and scans in memory for tests of signals; nothing of the target room is used."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import torch
from torch import nn

import in_memory
from remembrain.signals import extract, resolve


class InMemory(in_memory.InMemory):
    """That tells which were read."""

    def __init__(self, array):
        super().__init__(array)
        self.read = []

    def __getitem__(self, index: int) -> np.ndarray:
        self.read.append(index)
        return super().__getitem__(index)


class Audited:
    """A model whose output is one number a scan, trained with squared error."""

    layers = MappingProxyType({})
    side_by_side = ()

    def __init__(self, module):
        self.module = module

    def age(self, output):
        return output.reshape(-1)

    def loss(self, output, age):
        return (output.reshape(-1) - age).square().mean()


class Mixed(nn.Module):
    """A bias without effect, batch norm, dropout, a norm with affine, an unused layer, layers named out of order."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(6, 1)
        self.hidden = nn.Linear(4, 6)
        self.unused = nn.Linear(2, 2)
        self.batch_norm = nn.BatchNorm1d(4)
        self.layer_norm = nn.LayerNorm(6)
        self.conv = nn.Conv1d(1, 4, 3, padding=1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        x = nn.functional.instance_norm(self.conv(x))
        x = self.batch_norm(torch.relu(x).mean(2))
        return self.output(self.dropout(torch.relu(self.layer_norm(self.hidden(x)))))


def drawn(module, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in module.state_dict().values():
            if value.is_floating_point():
                value.copy_(torch.rand(value.shape, generator=generator) + 0.1 - 0.6 * (value.ndim > 1))
    return module


def mixed_target(seed=0):
    return Audited(drawn(Mixed(), seed).train())


def scans(count=6, shape=(1, 9), seed=0):
    rng = np.random.default_rng(seed)
    return InMemory(rng.normal(size=(count, *shape))), rng.normal(1.0, 0.5, size=count)


ALL = (
    "prediction",
    "label",
    "error",
    "gradient-magnitude",
    "gradient:first",
    "gradient:last-hidden",
    "gradient:output",
    "gradient:hidden",
)


def seen(folder, target=None, data=None, names=ALL, **more):
    inputs, age = data or scans()
    return extract(target or mixed_target(), inputs, age, names=names, folder=folder, **more).seen


def by_hand(target, scan, age):
    """Prediction and the gradient of every parameter for one scan, by backward()."""
    target.module.eval()
    target.module.zero_grad()
    output = target.module(torch.from_numpy(scan)[None])
    (output.reshape(()) - torch.tensor(age, dtype=torch.float32)).square().backward()
    return output.item(), {name: value.grad for name, value in target.module.named_parameters()}


def resolved(target, *names, shape=(1, 9)):
    inputs, age = scans(shape=shape)
    return resolve(target, inputs[0], float(age[0]), names)
