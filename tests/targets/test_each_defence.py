"""Every defence: what it changes, by itself and in training, and what it refuses."""

import numpy as np
import pytest
import torch

from in_memory import InMemory
from remembrain.errors import UsageError
from remembrain.targets.defences import DEFENCES, named, release_of
from remembrain.targets.model import Target
from remembrain.targets.networks import build
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe
from remembrain.targets.saved import load_saved, save
from remembrain.targets.training import train

PLAIN = Recipe("adam", 1e-2, 0.0, 8, 6)
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
    made = train(
        target,
        InMemory(array),
        age,
        roles=roles,
        recipe=recipe,
        folder=folder,
        epochs_folder=folder / "e",
        seed=1,
        person=person,
    )
    return made, target, InMemory(array), age


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


def test_rounding_rounds_and_noise_is_the_same_for_the_same_prediction():
    years = torch.tensor([61.2, 64.9, 61.2])
    rounded = release_of(named(["rounding=5"]), 0)
    assert rounded(years).tolist() == [60.0, 65.0, 60.0]
    noisy = release_of(named(["noisy-predictions=2"]), 7)
    first, again = noisy(years), noisy(years.flip(0)).flip(0)
    assert torch.equal(first, again)
    assert first[0] == first[2] != years[0]
    many = noisy(torch.linspace(40, 90, 4000)) - torch.linspace(40, 90, 4000)
    assert abs(float(many.mean())) < 3.3 * 2 / np.sqrt(4000)
    assert float(many.std()) == pytest.approx(2.0, rel=3.3 / np.sqrt(8000))
    both = release_of(named(["noisy-predictions=2", "rounding=1"]), 7)
    assert torch.equal(both(years), both(years).round())
    assert release_of(named(["dropout=0.5"]), 0) is None


def test_label_noise_is_one_number_a_person_and_of_the_stated_size():
    (defence,) = named(["label-noise=3"])
    person = np.repeat(np.arange(2000), 2).astype(str)
    moved = defence.labels(np.zeros(4000), person, 5)
    assert np.array_equal(moved[::2], moved[1::2])
    assert moved.std() == pytest.approx(3.0, rel=3.3 / np.sqrt(4000))
    assert np.array_equal(moved, defence.labels(np.zeros(4000), person, 5))
    assert not np.array_equal(moved, defence.labels(np.zeros(4000), person, 6))


def test_pruning_leaves_the_stated_share_of_weights(tmp_path):
    _, target, *_ = trained(tmp_path, "pruning=0.8")
    weights = torch.cat([one.flatten() for one in target.module.parameters() if one.ndim > 1])
    assert float((weights == 0).float().mean()) == pytest.approx(0.8, abs=0.001)


def test_smaller_networks_are_saved_and_made_again(tmp_path):
    _, target, inputs, _ = trained(tmp_path / "run", "smaller=0.25", "rounding=2")
    save(target, tmp_path / "target")
    again = load_saved(tmp_path / "target")
    assert (again.width, again.seed) == (0.25, 4)
    assert again.defences == target.defences
    scans = torch.from_numpy(inputs.array)
    assert torch.equal(again.age(again.module(scans)), target.age(target.module(scans)))
    assert again.parameters < 20000


VOLUME = (1, 64, 64, 64)


@pytest.mark.parametrize(("name", "shape"), [("cnn3d", VOLUME), ("slice-mean", VOLUME), ("mlp", (9,))])
@pytest.mark.parametrize("form", ["light", "paper"])
def test_every_network_can_be_made_smaller(name, shape, form):
    if name == "mlp" and form == "paper":
        pytest.skip("mlp has no paper form")
    generator = torch.Generator().manual_seed(0)
    whole, half = (build(name, form, shape, mean_age=60.0, generator=generator, width=width) for width in (1.0, 0.5))
    counts = [sum(one.numel() for one in network.parameters()) for network in (whole, half)]
    assert 0.2 < counts[1] / counts[0] < 0.55
    if form == "light":  # a paper form takes seconds a scan
        assert half.eval()(torch.zeros(2, *shape)).shape == (2, 1)


def test_early_stopping_stops_and_the_recipe_tells(tmp_path):
    made, *_ = trained(tmp_path, "early-stopping=2")
    assert len(made.history) == 2


def test_recipes_with_defences_and_privacy_go_through_json():
    recipe = PLAIN.defended(named(["dp=2.5", "pruning=0.5", "label-noise=1"]))
    assert recipe.privacy == Privacy(epsilon=2.5)
    assert Recipe.of(recipe.as_options()) == recipe
    assert recipe.identity != PLAIN.identity


@pytest.mark.parametrize("texts", [["dp=3", "clipping=0.5"], ["clipping=0.5", "dp=3"]])
def test_clipping_beside_privacy_changes_the_norm_and_keeps_the_noise(texts):
    from dataclasses import replace

    asked = Privacy(noise_multiplier=0.0, delta=1e-4, secure_noise=True)
    recipe = replace(PLAIN, privacy=asked).defended(named(texts))
    assert recipe.privacy == Privacy(epsilon=3.0, delta=1e-4, clip=0.5, secure_noise=True)


def test_privacy_settings_of_the_recipe_are_kept_by_a_defence_that_says_how_much():
    from dataclasses import replace

    recipe = replace(PLAIN, privacy=Privacy(noise_multiplier=0.0, delta=1e-4, clip=3.0)).defended(named(["dp=2"]))
    assert recipe.privacy == Privacy(epsilon=2.0, delta=1e-4, clip=3.0)


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
