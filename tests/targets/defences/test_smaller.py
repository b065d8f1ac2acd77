"""Networks with fewer channels in every layer."""

from __future__ import annotations

import pytest
import torch
from made_defended import trained

from remembrain.targets.networks import build
from remembrain.targets.saved import load_saved, save


def test_smaller_networks_are_saved_and_made_again(tmp_path):
    _, target, inputs, _ = trained(tmp_path / "run", "smaller=0.25", "rounding=2")
    save(target, tmp_path / "target")
    again = load_saved(tmp_path / "target")
    assert (again.width, again.seed) == (0.25, 4)
    assert again.defences == target.defences
    scans = torch.from_numpy(inputs.array)
    assert torch.equal(again.age(again.module(scans)), target.age(target.module(scans)))
    assert again.parameters < 20000


VOLUME = (1, 64, 64, 64)


@pytest.mark.parametrize(("name", "shape"), [("cnn3d", VOLUME), ("slice-mean", VOLUME), ("mlp", (9,))])
@pytest.mark.parametrize("form", ["light", "paper"])
def test_every_network_can_be_made_smaller(name, shape, form):
    if name == "mlp" and form == "paper":
        pytest.skip("mlp has no paper form")
    generator = torch.Generator().manual_seed(0)
    whole, half = (build(name, form, shape, mean_age=60.0, generator=generator, width=width) for width in (1.0, 0.5))
    counts = [sum(one.numel() for one in network.parameters()) for network in (whole, half)]
    assert 0.2 < counts[1] / counts[0] < 0.55
    if form == "light":  # a paper form takes seconds a scan
        assert half.eval()(torch.zeros(2, *shape)).shape == (2, 1)
