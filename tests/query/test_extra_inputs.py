"""A network that reads the sex beside the scan is given it: of the participants' table, or of an array."""

import numpy as np
import pytest
import torch

from in_memory import InMemory
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.material import Material
from remembrain.cohort.splits import Split
from remembrain.errors import DataError
from remembrain.query.extra_inputs import accompany, given_beside
from remembrain.references.shadow import Architecture
from remembrain.targets.imported import fresh
from remembrain.targets.model import from_module, try_one
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import Kept, People, train

NET = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scan, self.sex = nn.Linear(3, 1), nn.Embedding(2, 1)

    def forward(self, x, sex):
        return self.scan(x) + self.sex(sex)
"""
EXTRA = """

def extra(facts):
    assert set(facts) == {"participant_id", "session_id", "sex", "site"}
    return {"F": 0, "M": 1}[facts["sex"]]
"""


@pytest.fixture
def material():
    rng = np.random.default_rng(0)
    scans = make_scans(rng.uniform(50, 80, 8), sex=["F", "M"] * 4)
    split = Split(np.array(["member", "nonmember"] * 4), np.zeros(8, dtype=bool))
    return Material(scans, split, InMemory(rng.normal(size=(8, 3))), np.zeros((8, 2)), "table", "table of 3 columns")


@pytest.fixture
def spec(tmp_path):
    (tmp_path / "theirs.py").write_text(NET + EXTRA)
    return f"{tmp_path / 'theirs.py'}:Net"


def expected(target, material, place):
    scan, sex = torch.from_numpy(material.inputs[place])[None], torch.tensor([int(material.scans.sex[place] == "M")])
    return target.module.forward(scan, sex).item()


def test_a_network_is_given_what_its_function_says_of_the_person(spec, material):
    target, joined = accompany(fresh(spec, {}, 1), material)
    for place in range(2):
        assert try_one(target, joined.inputs[place]) == pytest.approx(expected(target, material, place), abs=1e-6)
    assert target.hooks["extra"] == "module's"
    assert joined.facts.shape == (8, 3), "the blind baseline sees it too"
    assert len(set(joined.inputs.keys())) == 8


def test_models_like_it_are_trained_with_it_too(spec, material, tmp_path):
    target, joined = accompany(fresh(spec, {}, 1), material)
    recipe = Recipe("adam", epochs=2, batch_size=4, learning_rate=0.1, weight_decay=0.0)
    shadow = Architecture.of(target).make(recipe, 60.0, 5)
    before = shadow.module.sex.weight.detach().clone()
    people = People(joined.inputs, joined.scans.age, {"member": np.arange(8)})
    train(shadow, people, recipe, Kept(tmp_path / "t", tmp_path / "e"), seed=1)
    assert bool((shadow.module.sex.weight != before).all())


def test_without_such_a_function_the_message_says_how_to_bring_it(spec, material, tmp_path):
    (tmp_path / "theirs.py").write_text(NET)
    target, same = accompany(fresh(spec, {}, 1), material)
    assert same is material
    with pytest.raises(DataError, match=r"reads sex beside the scan: bring a function extra\(facts\)"):
        try_one(target, material.inputs[0])


def test_a_function_that_fails_names_whom_it_was_called_for(spec, tmp_path):
    scans = make_scans([60.0, 61.0], sex=["F", "n/a"])
    split = Split(np.array(["member", "nonmember"]), np.zeros(2, dtype=bool))
    material = Material(scans, split, InMemory(np.ones((2, 3))), np.zeros((2, 0)), "table", "")
    with pytest.raises(DataError, match=r"person-00001: extra\(.* fails \(KeyError: 'n/a'\)"):
        accompany(fresh(spec, {}, 1), material)


def test_a_network_from_python_reads_arrays_and_is_left_as_it_was(spec, material):
    module = fresh(spec, {}, 1).module
    target = from_module(module)
    sex = (material.scans.sex == "M").astype(int)
    with given_beside(target, material, sex) as (given, joined):
        assert try_one(given, joined.inputs[1]) == pytest.approx(expected(target, material, 1), abs=1e-6)
    assert not module._forward_pre_hooks
    with pytest.raises(DataError, match="different lengths"), given_beside(target, material, sex[1:]):
        pass
