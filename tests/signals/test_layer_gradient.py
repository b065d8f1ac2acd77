"""The gradient of one layer against its closed form, and the sketch of a large one."""

from __future__ import annotations

import numpy as np
import torch
from audited import Audited, by_hand, drawn, scans, seen
from torch import nn

from remembrain.signals import extract, layer_gradient, resolve


def test_the_output_layer_s_gradient_is_twice_the_error_times_its_input(tmp_path):
    inputs, age = scans(shape=(9,))
    module = nn.Sequential(nn.Linear(9, 5), nn.Tanh(), nn.Linear(5, 1))
    found = seen(tmp_path, Audited(module), (inputs, age), ["error", "gradient:output"])
    with torch.no_grad():
        entering = torch.tanh(module[0](torch.from_numpy(inputs.array))).numpy()
    np.testing.assert_allclose(
        found["gradient:output"][:, 0], 2 * found["error"][:, None] * entering, rtol=1e-4, atol=1e-6
    )


def test_a_large_layer_is_sketched_and_keeps_inner_products(tmp_path):
    count, inside = 40, 24_000
    module = drawn(nn.Sequential(nn.Linear(9, 2), nn.Tanh(), nn.Linear(2, inside), nn.Tanh(), nn.Linear(inside, 1)))
    target, (inputs, age) = Audited(module), scans(count, shape=(9,))
    seen = extract(target, inputs, age, names=["gradient:last-hidden"], folder=tmp_path).seen["gradient:last-hidden"]
    gradients = [by_hand(target, inputs.array[place], age[place])[1]["2.weight"] for place in range(count)]
    whole = np.stack([gradient.numpy().reshape(-1).astype(float) for gradient in gradients])
    assert whole.shape[1] == 2 * inside > layer_gradient.LARGEST
    assert seen.shape == (count, layer_gradient.BUCKETS)
    norms = (whole**2).sum(1)
    off = (np.asarray(seen, dtype=float) @ np.asarray(seen, dtype=float).T - whole @ whole.T) ** 2
    bound = 2 * np.outer(norms, norms) / layer_gradient.BUCKETS
    assert off.mean() / bound.mean() < 20  # Markov: exceeded in less than 5 % of maps, and this map is always the same


def test_the_sketch_is_the_naive_one_and_always_the_same():
    sketch, again = layer_gradient.Sketch(50_000), layer_gradient.Sketch(50_000)
    values = np.random.default_rng(1).normal(size=(250, 200))
    naive = np.zeros(layer_gradient.BUCKETS)
    for bucket, sign, value in zip(sketch.bucket, sketch.sign, values.reshape(-1), strict=True):
        naive[bucket] += sign * value
    np.testing.assert_allclose(sketch(values), naive, atol=1e-12)
    assert np.array_equal(sketch(values), again(values))
    assert set(np.unique(sketch.sign)) == {-1.0, 1.0}


def test_a_layer_of_the_published_size_is_kept_whole():
    module = nn.Sequential(nn.Linear(256, 64, bias=False), nn.Linear(64, 1))
    scan = np.ones(256, dtype=np.float32)
    found = resolve(Audited(module), scan, 1.0, ["gradient:first"])["gradient:first"]
    assert found.shape == (64, 256)
    assert found.described() == "0.weight"
