"""TorchScript and torch.export answer as the network did; what would run more is refused unread."""

from __future__ import annotations

import json
import pickle
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from made_programs import network, write
from remembrain.errors import DataError, UsageError
from remembrain.targets.brought.model_file import from_file

X = np.random.default_rng(0).normal(size=(7, 6)).astype(np.float32)


class Two(nn.Module):
    def forward(self, a, b):
        return a + b


class Outputs(nn.Module):
    def forward(self, a):
        return a.mean(1), a.amax(1)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return write(network(), torch.zeros(4, 6), tmp_path_factory.mktemp("exported") / "n.pt2")


@pytest.mark.parametrize("ending", [".pt", ".pt2"])
@pytest.mark.parametrize("dynamic", [True, False])
def test_it_answers_as_the_network_does(tmp_path, ending, dynamic):
    module = network()
    path = write(module, torch.zeros(4 if dynamic else 1, 6), tmp_path / f"n{ending}", dynamic=dynamic)
    with torch.no_grad():
        expected = module(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(from_file(path).predict(X), expected, atol=1e-4)
    np.testing.assert_allclose(from_file(path).predict(list(X)), expected, atol=1e-4)


def test_several_inputs_or_a_batch_of_several_are_one_message(tmp_path):
    example = torch.zeros(4, 6)
    for ending in (".pt", ".pt2"):
        with pytest.raises(DataError, match="reads 2 inputs"):
            from_file(write(Two(), (example, example), tmp_path / f"two{ending}"))
    with pytest.raises(DataError, match="reads 4 scans at once"):
        from_file(write(network(), example, tmp_path / "four.pt2", dynamic=False))


def test_of_several_outputs_one_is_named(tmp_path):
    path = write(Outputs(), torch.zeros(4, 6), tmp_path / "outs.pt")
    with pytest.raises(DataError, match="has 2 outputs"):
        from_file(path).predict(X)
    with pytest.raises(UsageError, match="has no output 'age'"):
        from_file(path, output="age").predict(X)
    np.testing.assert_allclose(from_file(path, output="1").predict(X)[:, 0], X.max(1))


class Hostile:
    def __reduce__(self):
        return (eval, ("__import__('pathlib').Path('owned').touch()",))


RUNS = "__import__('pathlib').Path('owned').touch()"


def _program(change):
    def within(text):
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return within


def _size(content):
    content["graph_module"]["graph"]["tensor_values"]["linear"]["sizes"][0]["as_expr"]["expr_str"] = RUNS


def _nested_size(content):
    size = {"as_expr": {"expr_str": f'Symbol("{RUNS}")', "hint": None}}
    content["graph_module"]["graph"]["tensor_values"]["linear"]["sizes"][0] = size


def _target(content):
    content["graph_module"]["graph"]["nodes"][0]["target"] = "torch.os.system"


def _name(content):
    content["graph_module"]["graph"]["inputs"][4]["as_tensor"]["name"] = f"x={RUNS}"


def _guards(content):
    content["guards_code"] = [RUNS]


HOSTILE = {
    "size": ("models/model.json", _program(_size), "for a size"),
    "text in a size": ("models/model.json", _program(_nested_size), "for a size"),
    "function": ("models/model.json", _program(_target), "torch.os.system"),
    "name": ("models/model.json", _program(_name), "has the name"),
    "pickle": ("data/weights/weight_0", lambda _: pickle.dumps(Hostile()), "cannot be read"),
    "pickled inputs": ("data/sample_inputs/model.pt", lambda _: pickle.dumps(Hostile()), "cannot be read"),
    "library": ("data/aotinductor/model/model.so", lambda _: b"\x7fELF", "more than a network"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_would_run_more_than_a_network_is_refused(tmp_path, monkeypatch, exported, kind):
    monkeypatch.chdir(tmp_path)
    member, change, said = HOSTILE[kind]
    with pytest.raises(DataError, match=said):
        from_file(_changed(exported, tmp_path / "n.pt2", member, change))
    assert not (tmp_path / "owned").exists()


def test_guards_are_text_and_never_run(tmp_path, monkeypatch, exported):
    monkeypatch.chdir(tmp_path)
    found = from_file(_changed(exported, tmp_path / "n.pt2", "models/model.json", _program(_guards)))
    found.predict(X)
    assert not (tmp_path / "owned").exists()


def _changed(path, new, member, change):
    """Write an archive with one member changed, or added."""
    there = False
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w") as archive:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(member):
                content, there = change(content), True
            archive.writestr(name, content)
        if not there:
            root = old.namelist()[0].split("/", 1)[0]
            archive.writestr(f"{root}/{member}", change(b""))
    return new
