from dataclasses import replace

import pytest
import torch
from torch import nn

from remembrain.errors import UsageError
from remembrain.targets.networks import NETWORKS
from remembrain.targets.recipes import RECIPES, Recipe, recipe


def test_every_network_and_form_has_a_preset():
    assert set(RECIPES) == {(name, form) for name, forms in NETWORKS.items() for form in forms}


@pytest.mark.parametrize("name", ["cnn3d", "slice-mean"])
def test_paper_preset_is_as_published(name):
    assert recipe(name, "paper") == Recipe("adam", 1e-4, 1e-4, 8, 100)


def test_what_is_given_replaces_the_preset_and_none_does_not():
    changed = recipe("cnn3d", "paper", epochs=3, learning_rate=None, keep_every=2)
    assert changed == Recipe("adam", 1e-4, 1e-4, 8, 3, keep_every=2)


def test_what_is_learned_does_not_depend_on_what_is_kept():
    assert recipe("mlp", "light", keep_every=3).identity == recipe("mlp", "light").identity
    assert recipe("mlp", "light", epochs=3).identity != recipe("mlp", "light").identity


@pytest.mark.parametrize(("name", "made"), [("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)], ids=["adam", "sgd"])
def test_optimisers_have_the_recipe_s_settings(name, made):
    optimiser = Recipe(name, 0.25, 0.125, 1, 1).make_optimiser(nn.Linear(1, 1))
    assert type(optimiser) is made
    assert (optimiser.defaults["lr"], optimiser.defaults["weight_decay"]) == (0.25, 0.125)


@pytest.mark.parametrize(
    "wrong",
    [
        {"optimiser": "lion"},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"weight_decay": -1.0},
        {"batch_size": 0},
        {"epochs": 0},
        {"keep_every": -1},
    ],
)
def test_values_that_mean_nothing_are_refused(wrong):
    with pytest.raises(UsageError):
        recipe("cnn3d", "light", **wrong)


def test_unknown_networks_are_refused():
    with pytest.raises(UsageError, match="no network"):
        recipe("resnet", "light")


@pytest.mark.parametrize(
    ("scans", "on", "epochs"),
    [(800, 550, 29), (800, 800, 20), (100, 800, 3), (800, 16, 1000), (16, 8000, 1)],
)
def test_as_many_steps_on_other_people_take_more_or_fewer_epochs(scans: int, on: int, epochs: int) -> None:
    recipe = Recipe("adam", learning_rate=1e-3, weight_decay=0.0, batch_size=16, epochs=20)
    assert recipe.with_steps_of(scans, on=on) == replace(recipe, epochs=epochs)
