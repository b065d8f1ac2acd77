"""A small training under defences, for their tests."""

from __future__ import annotations

import numpy as np
import torch

from in_memory import InMemory
from remembrain.targets.defences import named
from remembrain.targets.model import Target
from remembrain.targets.networks import build
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import Kept, People, train

PLAIN = Recipe("adam", 1e-2, 0.0, 8, 6)


def trained(folder, *texts):
    recipe = PLAIN.defended(named(texts))
    rng = np.random.default_rng(0)
    array = rng.normal(size=(60, 6))
    age = 60 + 4 * array[:, 0] + rng.normal(0, 4, 60)
    network = build(
        "mlp",
        "light",
        (6,),
        mean_age=60.0,
        generator=torch.Generator().manual_seed(0),
        dropout=recipe.dropout,
        width=recipe.width,
    )
    target = Target(network, "mlp", "light", (6,), width=recipe.width, defences=recipe.defences, seed=4)
    roles = {"member": np.arange(30), "nonmember": np.arange(30, 60)}
    person = np.array([f"sub-{place // 2:02d}" for place in range(60)])
    made = train(target, People(InMemory(array), age, roles, person), recipe, Kept(folder, folder / "e"), seed=1)
    return made, target, InMemory(array), age
