"""Several networks answer as one: their mean or median, their own losses, and the gradient of each one's layers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from remembrain.errors import DataError, ProblemsError
from remembrain.signals import extract, resolve
from remembrain.targets.ensemble import combined
from remembrain.targets.heads import Head
from remembrain.targets.imported import load, load_several
from remembrain.targets.model import from_module, try_one
from remembrain.targets.saved import is_saved, load_saved, save

CLASS = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.output, self.hidden = nn.Linear(4, 3), nn.Linear(5, 4)

    def forward(self, x):
        x += 1
        return self.output(torch.relu(self.hidden(x)))
"""
HEAD = Head("bins", 40, 70)
SCAN = np.linspace(-1, 1, 5, dtype=np.float32)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "theirs.py").write_text(CLASS)
    for place in range(3):
        torch.manual_seed(place)
        network = nn.ModuleDict({"output": nn.Linear(4, 3), "hidden": nn.Linear(5, 4)})
        torch.save({f"module.{name}": value for name, value in network.state_dict().items()}, tmp_path / f"{place}.pt")
    return [tmp_path / f"{place}.pt" for place in range(3)]


def single(file):
    return load(f"{file.parent / 'theirs.py'}:Net", file, head=HEAD)


def test_answers_become_one():
    years = [torch.tensor([60.0, 1.0]), torch.tensor([70.0, 2.0]), torch.tensor([71.0, 9.0]), torch.tensor([99.0, 0.0])]
    assert combined(years, "mean").tolist() == [75.0, 3.0]
    assert combined(years, "median").tolist() == [70.5, 1.5]
    assert combined(years[:3], "median").tolist() == [70.0, 2.0]


@pytest.mark.parametrize("how", ["mean", "median"])
def test_an_ensemble_answers_from_its_files_and_is_made_again(files, tmp_path, how):
    target = load_several(files, how, single)
    each = [try_one(single(file), SCAN) for file in files]
    assert len(set(each)) == 3
    assert try_one(target, SCAN) == pytest.approx(np.mean(each) if how == "mean" else np.median(each), abs=1e-4)
    assert f"an ensemble of 3 networks, of whose answers the {how} is given out" in target.notes
    save(target, tmp_path / "target")
    again = load_saved(tmp_path / "target")
    assert is_saved(again, tmp_path / "target")
    assert try_one(again, SCAN) == try_one(target, SCAN)
    assert (again.how, again.notes, again.brought) == (how, target.notes, target.brought)


@pytest.mark.parametrize("how", ["mean", "median"])
def test_each_network_s_gradient_is_of_its_own_loss(files, tmp_path, how):
    target = load_several(files, how, single)
    names = ["prediction", "gradient:output", "gradient:first"]
    found = extract(target, _Rows(SCAN), np.array([61.0]), names=names, folder=tmp_path / "s").seen
    parts = [name for name in found if name.startswith("gradient:output")]
    assert parts == ["gradient:output", "gradient:output/networks.1.output", "gradient:output/networks.2.output"]
    for part, file in zip(parts, files, strict=True):
        alone = extract(single(file), _Rows(SCAN), np.array([61.0]), names=names, folder=tmp_path / file.stem).seen
        np.testing.assert_allclose(found[part], alone["gradient:output"] / 3, rtol=1e-5, atol=1e-7)
    assert resolve(target, SCAN, 61.0, ["gradient:first"])["gradient:first"].parameters == ("networks.0.hidden.weight",)


def test_one_network_has_no_others_beside_it():
    assert from_module(nn.Linear(2, 1)).side_by_side == ()


def test_weights_that_are_there_twice_are_refused(files, tmp_path):
    torch.save(torch.load(files[0], weights_only=True), tmp_path / "copy.pt")
    with pytest.raises(DataError, match=r"copy\.pt: holds the same weights as .*0\.pt"):
        load_several([*files, tmp_path / "copy.pt"], "mean", single)


def test_a_file_of_another_network_or_a_damaged_one_is_named(files):
    torch.save(nn.Linear(2, 2).state_dict(), files[1])
    with pytest.raises(ProblemsError, match=r"1\.pt"):
        load_several(files, "mean", single)
    files[1].write_bytes(files[0].read_bytes()[:300])
    with pytest.raises(DataError, match=r"1\.pt: not readable"):
        load_several(files, "mean", single)


class _Rows:
    """One scan."""

    def __init__(self, scan):
        self.scan, self.shape = scan, scan.shape

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return self.scan

    def keys(self):
        return ["a"]
