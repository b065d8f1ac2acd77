"""Sums of clipped gradients against their definition, written out for each person."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from made_private import people_of_one_scan, scans_of, target_of
from torch import nn

from remembrain.errors import DataError, RemembrainError
from remembrain.targets.networks import NETWORKS
from remembrain.targets.private.clipping import Clipper, can_be_together, layers_of


def naive(target, inputs, age, people, clip):
    """The definition: each person's gradient of the mean loss, scaled to the norm in double precision, added up."""
    total = [torch.zeros_like(one, dtype=torch.float64) for one in target.module.parameters()]
    for places in people:
        output = target.module(torch.from_numpy(np.stack([inputs[place] for place in places])))
        years = output.reshape(-1)
        loss = (years - torch.tensor(age[places], dtype=torch.float32)).square().mean()
        gradients = [one.double() for one in torch.autograd.grad(loss, list(target.module.parameters()))]
        norm = math.sqrt(sum(float(one.square().sum()) for one in gradients))
        for sum_, one in zip(total, gradients, strict=True):
            sum_.add_(one, alpha=min(1.0, clip / norm))
    return total


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("clip", [0.5, 40.0, 1e6])
def test_both_ways_of_adding_up_are_the_definition(name, together, clip):
    target = target_of(name)
    inputs, age = scans_of(name, 11)
    people = people_of_one_scan(11)
    found = Clipper(target, inputs, age, clip, together)(people)
    for ours, wanted in zip(found.total, naive(target, inputs, age, people, clip), strict=True):
        torch.testing.assert_close(ours.double(), wanted, rtol=2e-4, atol=2e-4 * min(clip, 100.0))


def test_all_scans_of_a_person_count_as_one():
    target = target_of("mlp")
    inputs, age = scans_of("mlp", 9)
    people = [np.array([0, 4, 8]), np.array([1]), np.array([2, 3, 5, 6, 7])]
    assert not can_be_together(target, people)
    found = Clipper(target, inputs, age, 0.7, together=False)(people)
    for ours, wanted in zip(found.total, naive(target, inputs, age, people, 0.7), strict=True):
        torch.testing.assert_close(ours.double(), wanted, rtol=1e-4, atol=1e-5)
    alone = Clipper(target, inputs, age, 0.7, together=False)([people[0]]).total
    assert math.sqrt(sum(float(one.double().square().sum()) for one in alone)) <= 0.7 * (1 + 1e-6)


def test_a_parameter_outside_known_layers_cannot_be_taken_together():
    network = nn.Sequential(nn.Linear(7, 7), nn.LayerNorm(7), nn.Linear(7, 1))
    with pytest.raises(DataError, match=r"1\.weight is not of a convolutional or linear layer"):
        layers_of(network)


def test_a_loss_that_is_no_number_ends_the_step():
    inputs, age = scans_of("mlp", 6)
    target = target_of("mlp")
    with torch.no_grad():
        target.module.output.bias.fill_(float("inf"))
    with pytest.raises(RemembrainError, match="loss or gradient became inf"):
        Clipper(target, inputs, age, 1.0, together=False)(people_of_one_scan(2))
