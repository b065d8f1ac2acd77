import numpy as np
import pytest
import torch
from torch import nn

from remembrain.errors import DataError
from remembrain.targets.imported import load
from remembrain.targets.model import Target, from_module, try_one
from remembrain.targets.networks import build
from remembrain.targets.saved import load_saved, save
from remembrain.targets.weights import write_weights

THEIRS = """
from torch import nn

class Net(nn.Linear):
    pass

def age(output):
    return 40 + output[:, 0]
"""


def ours():
    network = build("mlp", "light", (5,), mean_age=61.0, generator=torch.Generator().manual_seed(0))
    return Target(network, "mlp", "light", (5,), notes=("a note",))


def theirs(folder):
    (folder / "theirs.py").write_text(THEIRS)
    write_weights(nn.Linear(5, 1), folder / "weights.safetensors")
    arguments = {"in_features": 5, "out_features": 1, "device": None}
    return load(f"{folder / 'theirs.py'}:Net", folder / "weights.safetensors", arguments)


@pytest.mark.parametrize("origin", ["ours", "theirs"])
def test_a_saved_target_is_made_again(tmp_path, origin):
    target = ours() if origin == "ours" else theirs(tmp_path)
    save(target, tmp_path / "target")
    again = load_saved(tmp_path / "target")
    scan = np.arange(5, dtype=np.float32)
    assert try_one(again, scan) == try_one(target, scan)
    for name in ("name", "form", "input_shape", "arguments", "source", "notes", "hooks", "parameters"):
        assert getattr(again, name) == getattr(target, name)
    assert not again.module.training


def test_a_target_from_python_keeps_its_weights_and_says_that_python_is_needed(tmp_path):
    save(from_module(nn.Linear(5, 1)), tmp_path)
    assert (tmp_path / "model.safetensors").exists()
    with pytest.raises(DataError, match="Linear was given from Python"):
        load_saved(tmp_path)


def test_an_imported_class_that_changed_is_refused(tmp_path):
    save(theirs(tmp_path), tmp_path / "target")
    (tmp_path / "theirs.py").write_text(THEIRS.replace("40", "41"))
    with pytest.raises(DataError, match=r"theirs\.py: has changed"):
        load_saved(tmp_path / "target")


@pytest.mark.parametrize("damage", ["weights missing", "weights changed", "facts missing", "facts broken", "facts old"])
def test_what_is_not_as_it_was_saved_is_named(tmp_path, damage):
    save(ours(), tmp_path)
    weights, facts = tmp_path / "model.safetensors", tmp_path / "target.toml"
    text = facts.read_text()
    if damage == "weights missing":
        weights.unlink()
    elif damage == "weights changed":
        weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    elif damage == "facts missing":
        facts.unlink()
    else:
        facts.write_text(text[:30] + "=" if damage == "facts broken" else text.replace("schema = 1", "schema = 0"))
    with pytest.raises(DataError, match=r"model\.safetensors" if damage.startswith("weights") else r"target\.toml"):
        load_saved(tmp_path)


def test_a_network_that_is_not_known_is_refused(tmp_path):
    save(ours(), tmp_path)
    facts = tmp_path / "target.toml"
    facts.write_text(facts.read_text().replace('"mlp"', '"resnet"'))
    with pytest.raises(DataError, match="no network resnet light"):
        load_saved(tmp_path)
