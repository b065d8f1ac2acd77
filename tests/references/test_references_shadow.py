"""A model like the target: built as the target was, and trained on some of the population."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from in_memory import InMemory
from remembrain.errors import DataError
from remembrain.references.shadow import Architecture, divided, train_like
from remembrain.run.streams import first_weights
from remembrain.targets import imported
from remembrain.targets.heads import Head
from remembrain.targets.model import Target, try_one
from remembrain.targets.networks import build
from remembrain.targets.recipes import recipe

QUICK = recipe("mlp", "light", epochs=1)
PERSON = np.arange(12).astype(str)


def scans() -> tuple[InMemory, np.ndarray]:
    rng = np.random.default_rng(0)
    return InMemory(rng.normal(size=(12, 5))), rng.uniform(45, 80, 12)


def test_it_has_the_target_s_layers_and_weights_of_its_own_seed() -> None:
    network = build("mlp", "light", (5,), mean_age=60.0, generator=first_weights(1))
    like = Architecture.of(Target(network, "mlp", "light", (5,)))
    assert like == Architecture("mlp", "light", (5,))
    made, again, other = (like.make(QUICK, 57.5, seed) for seed in (3, 3, 4))
    expected = build("mlp", "light", (5,), mean_age=57.5, generator=first_weights(3))
    for name, value in expected.state_dict().items():
        assert torch.equal(made.module.state_dict()[name], value)
        assert torch.equal(again.module.state_dict()[name], value)
    assert not torch.equal(made.module.hidden1.weight, other.module.hidden1.weight)
    assert (made.name, made.form, made.input_shape, made.seed) == ("mlp", "light", (5,), 3)


def test_it_is_trained_on_those_who_are_said_and_begins_at_their_mean_age(tmp_path: Path) -> None:
    inputs, age = scans()
    member = np.arange(12) < 6
    like = Architecture("mlp", "light", (5,))

    def weights(name: str, inputs: InMemory) -> list[torch.Tensor]:
        shadow = train_like(like, QUICK, divided(inputs, age, member, PERSON), tmp_path / name, seed=2)
        assert (tmp_path / name / "model.safetensors").is_file()
        return list(shadow.module.state_dict().values())

    others, members = InMemory(inputs.array.copy()), InMemory(inputs.array.copy())
    others.array[~member] += 1
    members.array[member] += 1
    first, second, third = (weights(name, seen) for name, seen in (("a", inputs), ("b", others), ("c", members)))
    assert all(torch.equal(one, two) for one, two in zip(first, second, strict=True))
    assert not all(torch.equal(one, two) for one, two in zip(first, third, strict=True))


@pytest.mark.parametrize("member", [np.zeros(12, dtype=bool), np.ones(12, dtype=bool)])
def test_a_population_without_members_or_without_others_is_refused(member: np.ndarray) -> None:
    inputs, age = scans()
    with pytest.raises(DataError, match="people to train on and others"):
        divided(inputs, age, member, PERSON)


def test_a_class_whose_output_becomes_years_by_a_head_is_made_again_with_it(tmp_path):
    (tmp_path / "theirs.py").write_text("import torch\n\n\nclass Net(torch.nn.Linear):\n    pass\n")
    arguments = {"in_features": 5, "out_features": 3}
    like = imported.fresh(f"{tmp_path / 'theirs.py'}:Net", arguments, 0)
    fresh = Architecture.of(imported.with_head(like, Head("bins", 40, 70))).make(QUICK, 60.0, seed=3)
    assert 40 < try_one(fresh, np.arange(5, dtype=np.float32)) < 70
