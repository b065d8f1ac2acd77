"""What holds of every network: its size, its names of layers, its weights, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_networks import MNI, seeded

from remembrain.errors import DataError, UsageError
from remembrain.targets.networks import NETWORKS, build


@pytest.mark.parametrize(("name", "parameters"), [("cnn3d", 2_948_801), ("slice-mean", 998_625)])
def test_paper_forms_have_the_published_number_of_parameters(name, parameters):
    network = build(name, "paper", MNI, mean_age=62.68, generator=seeded())
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@pytest.mark.parametrize(("name", "parameters"), [("cnn3d", 515_393), ("slice-mean", 100_577)])
def test_light_forms_have_the_stated_number_of_parameters(name, parameters):
    network = build(name, "light", (1, 48, 48, 48), mean_age=60.0, generator=seeded())
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@pytest.mark.parametrize("name", ["cnn3d", "slice-mean"])
def test_layers_are_called_as_in_the_literature(name):
    network = build(name, "paper", MNI, mean_age=60.0, generator=seeded())
    names = [layer for layer, _ in network.named_children()]
    assert [layer for layer in names if layer.startswith("conv")][:6] == [f"conv{number}" for number in range(1, 7)]
    assert names[-1] == "output"


@pytest.mark.parametrize("name", ["cnn3d", "slice-mean"])
def test_paper_forms_reduce_the_published_grid_to_one_number_a_scan(name):
    network = build(name, "paper", MNI, mean_age=60.0, generator=seeded()).eval()
    with torch.no_grad():
        shapes = []
        network.average.register_forward_hook(lambda *call: shapes.append(tuple(call[2].shape[1:])))
        assert network(torch.zeros(1, *MNI)).shape == (1, 1)
    assert shapes == [(64, 1, 1, 1) if name == "cnn3d" else (64, 1, 1)]


@pytest.mark.parametrize(
    ("name", "form", "shape"),
    [(name, form, (7,) if name == "mlp" else (1, 64, 64, 64)) for name, forms in NETWORKS.items() for form in forms],
)
def test_weights_come_from_the_generator_alone(name, form, shape):
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first = build(name, form, shape, mean_age=55.5, generator=seeded(3))
    assert torch.equal(before, torch.random.get_rng_state())
    torch.manual_seed(2)
    again = build(name, form, shape, mean_age=55.5, generator=seeded(3))
    other = build(name, form, shape, mean_age=55.5, generator=seeded(4))
    for key, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[key])
        assert value.device.type == "cpu"
    assert not torch.equal(next(first.parameters()), next(other.parameters()))
    assert first.last.bias.item() == 55.5


@settings(max_examples=4, deadline=None)
@given(st.sampled_from(["cnn3d", "slice-mean"]), st.tuples(*[st.integers(32, 40)] * 3), st.integers(1, 3))
def test_light_forms_read_any_grid(name, space, scans):
    network = build(name, "light", (1, *space), mean_age=60.0, generator=seeded())
    for training in (True, False):
        assert network.train(training)(torch.zeros(scans, 1, *space)).shape == (scans, 1)


@pytest.mark.parametrize("name", ["cnn3d", "slice-mean"])
def test_a_scan_predicts_the_same_beside_any_other(name):
    network = build(name, "light", (1, 32, 32, 32), mean_age=60.0, generator=seeded()).eval()
    scans = torch.from_numpy(np.random.default_rng(0).normal(size=(3, 1, 32, 32, 32)).astype(np.float32))
    with torch.no_grad():
        together = network(scans)
        alone = torch.cat([network(scan[None]) for scan in scans])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-4)
    assert len(set(alone.flatten().tolist())) == 3


@pytest.mark.parametrize("shape", [(40,), (1, 31, 40, 40), (2, 40, 40, 40), (1, 40, 40)])
def test_scans_that_do_not_fit_are_refused(shape):
    with pytest.raises(DataError, match="do not fit this network"):
        build("cnn3d", "light", shape, mean_age=60.0, generator=seeded())


def test_paper_forms_refuse_small_grids():
    with pytest.raises(DataError, match="at least 64 voxels a side"):
        build("slice-mean", "paper", (1, 48, 48, 48), mean_age=60.0, generator=seeded())


@pytest.mark.parametrize(("name", "form"), [("resnet", "light"), ("mlp", "paper"), ("cnn3d", "heavy")])
def test_unknown_names_and_forms_are_refused_with_what_there_is(name, form):
    with pytest.raises(UsageError, match="expected"):
        build(name, form, (1, 64, 64, 64), mean_age=60.0, generator=seeded())
