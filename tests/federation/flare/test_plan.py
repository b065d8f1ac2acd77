"""What is to be done, as text, and the networks that it means."""

from __future__ import annotations

import json

import pytest
import torch

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from remembrain.errors import DataError
from remembrain.federation.flare.plan import Plan
from remembrain.run.streams import first_weights
from remembrain.targets import networks, recipes
from remembrain.targets.defences import named
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe


def test_a_plan_survives_its_text():
    recipe = recipes.recipe("cnn3d", "light", federated=True)
    plan = Plan("cnn3d", "light", recipe, 3, 1, {"rome": "Rome", "oslo": "Oslo"}, 60, allow_missing=True)
    assert Plan.from_text(plan.to_text()) == plan
    assert plan.numbers == {"rome": 1, "oslo": 2}


def test_a_plan_with_privacy_and_defences_reaches_the_sites_whole():
    private = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.8, delta=1e-3))
    recipe = private.defended(named(["label-noise=2", "dp=3"]))
    plan = Plan("mlp", "light", recipe, 3, 1, {"a": "a", "b": "b"})
    assert Plan.from_text(plan.to_text()) == plan
    assert json.loads(plan.to_text())["recipe"]["defences"] == ["label-noise=2", "dp=3"]


def test_a_plan_s_network_begins_with_its_seed_and_a_model_of_it_is_the_target(tmp_path):
    plan = Plan("mlp", "light", recipes.recipe("mlp", "light", federated=True), 3, 7, {"oslo": "Oslo"})
    begun = plan.network_for((5,), 60.0)
    expected = networks.build("mlp", "light", (5,), mean_age=60.0, generator=first_weights(7)).state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in begun.state_dict().items())
    trained = {name: value + 1 for name, value in expected.items()}
    target = plan.community((5,), trained, tmp_path / "community")
    assert all(torch.equal(value, trained[name]) for name, value in target.module.state_dict().items())
    assert (target.name, target.form, target.input_shape, target.seed) == ("mlp", "light", (5,), 7)
    assert not target.module.training
    with pytest.raises(DataError, match="community"):
        plan.community((6,), trained, tmp_path / "community")
