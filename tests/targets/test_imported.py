import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from remembrain.errors import DataError, ProblemsError, UsageError
from remembrain.run import sha256
from remembrain.targets.heads import Head
from remembrain.targets.imported import fresh, load
from remembrain.targets.model import try_one
from remembrain.targets.saved import load_saved, save
from remembrain.targets.weights import write_weights

PLAIN = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.hidden = nn.Linear(3, width)
        self.drop = nn.Dropout(0.9)
        self.output = nn.Linear(width, 1)
        self.drawn = torch.randn(2)

    def forward(self, x):
        return self.output(self.drop(torch.relu(self.hidden(x))))


def helper():
    return 1
"""

HOOKS = """

def preprocess(path):
    return torch.full((3,), float(len(path.name)))


def age(output):
    return 50 + 10 * output[:, 0]


def loss(output, age):
    return (output[:, 0] - (age - 50) / 10).abs().sum()
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "theirs.py"
    path.write_text(PLAIN)
    return path


@pytest.fixture
def weights(tmp_path):
    module = nn.ModuleDict({"hidden": nn.Linear(3, 4), "output": nn.Linear(4, 1)})
    write_weights(module, tmp_path / "weights.safetensors")
    return tmp_path / "weights.safetensors"


def test_a_class_in_a_file_with_its_weights_is_a_target_in_evaluation_mode(file, weights):
    before = torch.random.get_rng_state()
    target = load(f"{file}:Net", weights)
    assert torch.equal(before, torch.random.get_rng_state())
    assert not any(part.training for part in target.module.modules())
    assert target.source == file
    assert target.form == ""
    assert set(target.hooks.values()) == {"ours"}
    scan = np.ones(3, dtype=np.float32)
    assert try_one(target, scan) == try_one(load(f"{file}:Net", weights), scan)
    assert torch.equal(target.module.drawn, load(f"{file}:Net", weights).module.drawn)


def test_a_class_of_an_installed_module(tmp_path, file, weights, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    target = load("theirs:Net", weights)
    assert target.source == file
    sys.modules.pop("theirs")


def test_functions_beside_the_class_are_used(file, weights):
    file.write_text(PLAIN + HOOKS)
    target = load(f"{file}:Net", weights)
    assert set(target.hooks.values()) == {"module's"}
    assert target.preprocess(Path("/a/bcd")).tolist() == [3.0, 3.0, 3.0]
    assert target.age(torch.tensor([[1.2]])).tolist() == pytest.approx([62.0])
    assert target.loss(torch.tensor([[1.2]]), torch.tensor([60.0])).item() == pytest.approx(0.2)


METHODS = """
    def age(self, output):
        return 50 + 10 * output.flatten()
    def loss(self, output, age):
        return (output.flatten() - age).abs().mean()
    def preprocess(self, path, size):
        return size
"""


WITH_METHODS = PLAIN.replace("def helper", METHODS.strip("\n") + "\n\ndef helper")


def test_methods_of_the_class_are_used_as_functions_beside_it_are(file, weights):
    file.write_text(WITH_METHODS)
    target = load(f"{file}:Net", weights)
    assert target.hooks == {"preprocess": "ours", "age": "module's", "loss": "module's"}
    assert target.age(torch.tensor([[1.2]])).tolist() == pytest.approx([62.0])
    assert target.loss(torch.tensor([[1.2]]), torch.tensor([2.0])).item() == pytest.approx(0.8)
    assert any("method preprocess takes other arguments" in note for note in target.notes)
    file.write_text(WITH_METHODS + "def age(output):\n    return output.flatten()\n")
    assert load(f"{file}:Net", weights).age(torch.tensor([[1.2]])).tolist() == pytest.approx([1.2])


def test_a_head_says_how_an_output_becomes_years_and_is_kept(tmp_path, file, weights):
    head = Head(mean=60.0, sd=10.0)
    target = load(f"{file}:Net", weights, head=head)
    assert target.age(torch.tensor([[0.5]])).tolist() == [65.0]
    assert target.hooks["age"] == "module's"
    assert target.code != load(f"{file}:Net", weights).code
    save(target, tmp_path / "target")
    again = load_saved(tmp_path / "target")
    assert again.head == head
    file.write_text(PLAIN + HOOKS)
    with pytest.raises(UsageError, match="one of the two"):
        load(f"{file}:Net", weights, head=head)


def test_arguments_reach_the_class(tmp_path, file):
    module = nn.ModuleDict({"hidden": nn.Linear(3, 7), "output": nn.Linear(7, 1)})
    write_weights(module, tmp_path / "wide.safetensors")
    target = load(f"{file}:Net", tmp_path / "wide.safetensors", {"width": 7})
    assert target.arguments == {"width": 7}
    with pytest.raises(DataError, match=r"cannot be made with \{'depth': 7\}"):
        load(f"{file}:Net", tmp_path / "wide.safetensors", {"depth": 7})
    with pytest.raises(ProblemsError, match=r"hidden\.weight: has shape \(7, 3\), the network expects \(4, 3\)"):
        load(f"{file}:Net", tmp_path / "wide.safetensors")


def test_a_file_may_import_its_neighbours_and_the_path_is_restored(tmp_path, file, weights):
    (tmp_path / "their_layers.py").write_text("from torch import nn\nLayer = nn.Linear\n")
    file.write_text(
        PLAIN.replace("nn.Linear", "Layer").replace(
            "import torch\n", "import torch\nfrom their_layers import Layer\n", 1
        )
    )
    before = list(sys.path)
    load(f"{file}:Net", weights)
    assert sys.path == before


def test_notes_on_the_weights_are_kept(tmp_path, file):
    module = nn.ModuleDict({"hidden": nn.Linear(3, 4), "output": nn.Linear(4, 1)})
    torch.save({"state_dict": nn.DataParallel(module).state_dict()}, tmp_path / "a.pt")
    assert len(load(f"{file}:Net", tmp_path / "a.pt").notes) == 2


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("Net", "cannot read 'Net'"),
        ("{file}:", "cannot read"),
        ("{file}:no-name", "cannot read"),
        ("{folder}/none.py:Net", "no such file"),
        ("no_such_module_at_all:Net", "no module 'no_such_module_at_all'"),
        ("{file}:Other", "Other is not there; expected Net"),
        ("{file}:helper", "helper makes an int, not a torch.nn.Module; expected Net"),
    ],
)
def test_classes_that_are_not_there_are_refused_with_what_there_is(tmp_path, file, weights, spec, message):
    with pytest.raises(UsageError, match=message):
        load(spec.format(file=file, folder=tmp_path), weights)


MAKERS = """

def make_net(width=4):
    return Net(width)


class Factories:
    @staticmethod
    def build():
        return torch.nn.DataParallel(Net())


ready = Net()
"""


@pytest.mark.parametrize("name", ["make_net", "Factories.build", "ready"])
def test_a_function_that_makes_the_network_and_a_network_itself_are_taken(file, weights, name):
    file.write_text(PLAIN + MAKERS)
    scan = np.ones(3, dtype=np.float32)
    assert try_one(load(f"{file}:{name}", weights), scan) == try_one(load(f"{file}:Net", weights), scan)


def test_a_network_that_is_made_already_cannot_be_made_again_for_training(file):
    file.write_text(PLAIN + MAKERS)
    assert torch.equal(
        fresh(f"{file}:make_net", {}, 3).module.output.weight, fresh(f"{file}:make_net", {}, 3).module.output.weight
    )
    with pytest.raises(UsageError, match="ready is made already, and cannot be made again"):
        fresh(f"{file}:ready", {}, 3)


def test_the_hash_of_the_file_that_was_brought_is_kept(file, weights):
    target = load(f"{file}:Net", weights)
    assert target.brought == sha256(weights)


def test_one_of_several_weights_is_chosen_by_its_key(tmp_path, file, weights):
    state = load(f"{file}:Net", weights).module.state_dict()
    torch.save({"model": state, "ema": {name: value + 1 for name, value in state.items()}}, tmp_path / "two.pt")
    with pytest.raises(DataError, match="--weights-key model or --weights-key ema"):
        load(f"{file}:Net", tmp_path / "two.pt")
    target = load(f"{file}:Net", tmp_path / "two.pt", key="ema")
    assert torch.equal(target.module.output.bias, state["output.bias"] + 1)
