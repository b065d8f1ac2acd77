"""Every defence: what it changes, by itself and in training, and what it refuses."""

from __future__ import annotations

import pytest
import torch
from made_defended import PLAIN, trained

from remembrain.errors import UsageError
from remembrain.targets.defences import DEFENCES, named
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe

STRENGTHS = {
    "dp": 3.0,
    "dp-noise": 0.7,
    "clipping": 0.5,
    "early-stopping": 2.0,
    "weight-decay": 0.3,
    "dropout": 0.5,
    "label-noise": 5.0,
    "smaller": 0.25,
    "pruning": 0.8,
    "rounding": 5.0,
    "noisy-predictions": 2.0,
    "fewer-rounds": 3.0,
}


def test_every_defence_is_tried_here_and_declares_itself():
    assert set(STRENGTHS) == set(DEFENCES)
    for name, kind in DEFENCES.items():
        made = kind(STRENGTHS[name])
        assert made.title
        assert made.parameter
        assert "20" in made.paper
        assert named([str(made)]) == (made,)


OF_MODELS = [name for name, one in DEFENCES.items() if one.protects == "weights" and not one.federated]


@pytest.mark.parametrize("name", OF_MODELS)
def test_a_defence_of_the_model_changes_what_is_learned(tmp_path, name):
    _, bare, *_ = trained(tmp_path / "bare")
    _, target, *_ = trained(tmp_path / name, f"{name}={STRENGTHS[name]}")
    ours, theirs = (list(one.module.state_dict().values()) for one in (target, bare))
    assert any(one.shape != two.shape or not torch.equal(one, two) for one, two in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("name", ["rounding", "noisy-predictions"])
def test_a_defence_of_predictions_leaves_the_model_and_its_gradients_alone(tmp_path, name):
    _, bare, *_ = trained(tmp_path / "bare")
    _, target, inputs, age = trained(tmp_path / name, f"{name}={STRENGTHS[name]}")
    for one, two in zip(bare.module.state_dict().values(), target.module.state_dict().values(), strict=True):
        assert torch.equal(one, two)
    output = target.module(torch.from_numpy(inputs.array))
    assert target.hides_predictions
    assert not torch.equal(target.age(output), target.years(output))
    labels = torch.tensor(age, dtype=torch.float32)
    assert torch.equal(target.loss(output, labels), bare.loss(output, labels))


def test_recipes_with_defences_and_privacy_go_through_json():
    recipe = PLAIN.defended(named(["dp=2.5", "pruning=0.5", "label-noise=1"]))
    assert recipe.privacy == Privacy(epsilon=2.5)
    assert Recipe.of(recipe.as_options()) == recipe
    assert recipe.identity != PLAIN.identity


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("dropuot=0.5", "no defence 'dropuot=0.5'"),
        ("dropout", "no defence 'dropout'"),
        ("dropout=half", "'half' is no number"),
        ("dropout=1.5", "dropout=1.5: share dropped; expected a number from 0 to 0.99"),
        ("early-stopping=2.5", "a whole number"),
        ("label-noise=-1", "from 0 on"),
        ("label-noise=inf", "from 0 on"),
        ("smaller=0", "from 0.01 to 1"),
        ("dp=-3", "epsilon"),
    ],
)
def test_words_that_name_no_defence_are_refused(text, what):
    with pytest.raises(UsageError, match=what):
        named([text])
