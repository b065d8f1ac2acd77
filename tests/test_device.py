"""Networks run on the graphics processor where there is one, come back, and say the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from remembrain._device import device, device_of, on_device
from remembrain.cohort.arrays import ArrayInputs
from remembrain.signals import extract
from remembrain.targets.model import from_module
from remembrain.targets.networks import build

NEEDS_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="no graphics processor that torch can use")
NAMES = ("prediction", "error", "gradient-magnitude", "gradient:first", "gradient:output")


def test_a_network_comes_back_even_after_an_error():
    module = nn.Linear(3, 1)
    with pytest.raises(ValueError, match="midway"), on_device(module):
        assert device_of(module) == device()
        raise ValueError("midway")
    assert device_of(module) == torch.device("cpu")


def test_a_network_without_weights_is_nowhere_in_particular():
    with on_device(nn.ReLU()):
        assert device_of(nn.ReLU()) == torch.device("cpu")


@NEEDS_CUDA
@pytest.mark.parametrize("name", ["cnn3d", "slice-mean"])
def test_signals_agree_with_the_processor_s(tmp_path, name):
    shape = (1, 32, 32, 32)
    target = from_module(build(name, "light", shape, mean_age=60.0, generator=torch.Generator().manual_seed(0)))
    rng = np.random.default_rng(0)
    inputs, age = ArrayInputs(rng.normal(size=(6, *shape)).astype(np.float32)), rng.normal(60, 5, 6)
    here = extract(target, inputs, age, names=NAMES, folder=tmp_path / "processor")
    with on_device(target.module):
        there = extract(target, inputs, age, names=NAMES, folder=tmp_path / "cuda")
    for signal in NAMES:
        scale = float(np.abs(here[signal]).max())
        np.testing.assert_allclose(there[signal], here[signal], rtol=1e-3, atol=1e-4 * scale)
