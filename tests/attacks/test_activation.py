"""The target's later layers, retrained: from fresh weights, reading a batch at a time, changing nothing it is given."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from remembrain.attacks._fitting import Training
from remembrain.attacks.activation import LaterLayers
from remembrain.errors import DataError
from remembrain.types import Known, Rows

SIGNAL = "activation:second"


class Layers(nn.Module):
    """(batch, 1, 6) to years, with dropout and a normalisation that keeps no count."""

    def __init__(self):
        super().__init__()
        self.hidden, self.drop, self.output = nn.Linear(6, 16), nn.Dropout(0.2), nn.Linear(16, 1)

    def forward(self, x):
        return 60 + self.output(self.drop(torch.relu(self.hidden(x.flatten(1))))).squeeze(1)


def made(n=300, seed=0, leak=3.0):
    """Activations of n scans, half of them members, whose first number is larger."""
    rng = np.random.default_rng(seed)
    member = rng.permutation(n) < n // 2
    values = rng.normal(size=(n, 1, 6)).astype(np.float16)
    values[member, 0, 0] += leak
    return values, member


def known_of(values, member):
    return Known({SIGNAL: values}, member, np.arange(len(member)).astype(str))


def attack(epochs=40):
    return LaterLayers(training=Training(epochs=epochs, patience=epochs)).of(Layers())


def test_what_members_leave_in_an_earlier_layer_is_found():
    values, member = made()
    score = attack().score(known_of(values[:150], member[:150]), {SIGNAL: values[150:]}, np.random.default_rng(0))
    assert ((score > 0) == member[150:]).mean() > 0.8


def test_the_layers_it_was_given_are_left_as_they_were():
    layers = Layers()
    before = {name: value.clone() for name, value in layers.state_dict().items()}
    values, member = made(80)
    one = LaterLayers(training=Training(epochs=3, patience=3)).of(layers)
    one.score(known_of(values, member), {SIGNAL: values}, np.random.default_rng(0))
    assert all(torch.equal(value, before[name]) for name, value in layers.state_dict().items())
    assert all(parameter.grad is None for parameter in layers.parameters())


def test_weights_start_anew_and_not_from_the_target_s():
    values, member = made(80)
    layers = Layers()
    other = Layers()
    known = known_of(values, member)
    scores = [
        LaterLayers(training=Training(epochs=2, patience=2)).of(one).score(known, {SIGNAL: values}, rng)
        for one, rng in ((layers, np.random.default_rng(3)), (other, np.random.default_rng(3)))
    ]
    assert np.array_equal(scores[0], scores[1])


class Counting:
    """An array on disk that counts how many scans were read at once."""

    def __init__(self, values):
        self.values, self.most = values, 0

    @property
    def shape(self):
        return self.values.shape

    def __getitem__(self, index):
        found = self.values[index]
        self.most = max(self.most, len(found))
        return found


def test_activations_are_read_a_batch_at_a_time():
    values, member = made(300)
    source = Counting(values)
    rows = [Rows(source, np.arange(start, start + 150)) for start in (0, 150)]
    training = Training(epochs=2, patience=2)
    LaterLayers(training=training).of(Layers()).score(
        Known({SIGNAL: rows[0]}, member[:150], np.arange(150).astype(str)), {SIGNAL: rows[1]}, np.random.default_rng(0)
    )
    assert source.most <= max(training.batch_size, 64) < 150 * 0.8


def test_some_rows_of_an_array_are_what_numpy_takes():
    values, _ = made(30)
    rows = Rows(values, np.array([7, 3, 20, 3]))
    assert rows.shape == (4, 1, 6)
    assert len(rows) == 4
    np.testing.assert_array_equal(np.asarray(rows), values[[7, 3, 20, 3]])
    np.testing.assert_array_equal(rows.take(np.array([1, 2])), values[[3, 20]])
    assert np.asarray(rows, dtype=np.float64).dtype == np.float64


def test_without_the_target_s_layers_or_with_values_that_are_no_numbers_it_refuses():
    values, member = made(60)
    with pytest.raises(DataError, match="the later layers of the target were not given"):
        LaterLayers().score(known_of(values, member), {SIGNAL: values}, np.random.default_rng(0))
    values[5, 0, 2] = np.nan
    with pytest.raises(DataError, match="the activations hold values that are NaN or infinite"):
        attack(2).score(known_of(values, member), {SIGNAL: values}, np.random.default_rng(0))
