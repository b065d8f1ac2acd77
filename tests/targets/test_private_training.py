"""Private training whole: repeatable, resumed to the same epsilon, told by epoch, and within its budget."""

import numpy as np
import pytest
import torch

from in_memory import InMemory
from remembrain.errors import DataError, UsageError
from remembrain.targets.model import Target, from_module
from remembrain.targets.networks import build
from remembrain.targets.private.accounting import epsilon_of
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import Kept, People, train

PRIVATE = Recipe("adam", 1e-2, 0.0, 5, 4, privacy=Privacy(epsilon=6.0, delta=1e-3))


def run(folder, *, recipe=PRIVATE, seed=3, stop_after=None, scans_each=1, before=(), network=None, **changes):
    rng = np.random.default_rng(0)
    array = rng.normal(size=(60, 6))
    age = 60 + 4 * array[:, 0]
    made = network or build("mlp", "light", (6,), mean_age=60.0, generator=torch.Generator().manual_seed(0))
    target = from_module(made) if network else Target(made, "mlp", "light", (6,))
    person = np.array([f"sub-{place // scans_each:02d}" for place in range(60)])
    roles = {"member": np.arange(30), "nonmember": np.arange(30, 60)}
    people = People(InMemory(array), age, roles, person, spent_before=before, **changes)
    return train(target, people, recipe, Kept(folder / "target", folder / "epochs"), seed)


def bytes_of(folder):
    return (folder / "target" / "model.safetensors").read_bytes()


def test_the_same_seed_gives_the_same_model_and_epsilon_and_another_seed_another_model(tmp_path):
    first, again, other = run(tmp_path / "a"), run(tmp_path / "b"), run(tmp_path / "c", seed=4)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b") != bytes_of(tmp_path / "c")
    assert first.spent == again.spent == other.spent
    assert (tmp_path / "a/target/training.tsv").read_bytes() == (tmp_path / "b/target/training.tsv").read_bytes()


def test_models_of_two_noise_levels_and_one_seed_do_not_tell_the_sum_between_them(tmp_path):
    """With one stream of noise for all, twice the update under half the noise, less the other, has none at all."""
    before = build("mlp", "light", (6,), mean_age=60.0, generator=torch.Generator().manual_seed(0)).hidden2.weight
    moved = []
    for noise in (10.0, 20.0):
        network = build("mlp", "light", (6,), mean_age=60.0, generator=torch.Generator().manual_seed(0))
        privacy = Privacy(noise_multiplier=noise, delta=1e-3)
        run(tmp_path / str(noise), recipe=Recipe("sgd", 1e-3, 0.0, 30, 1, privacy=privacy), network=network)
        moved.append((network.hidden2.weight - before).detach())
    small, large = moved
    assert float((2 * small - large).norm()) > float(small.norm())


def test_cryptographic_noise_gives_another_model_each_time_and_the_same_epsilon(tmp_path):
    recipe = Recipe("adam", 1e-2, 0.0, 5, 2, privacy=Privacy(epsilon=6.0, delta=1e-3, secure_noise=True))
    first, again = run(tmp_path / "a", recipe=recipe), run(tmp_path / "b", recipe=recipe)
    assert bytes_of(tmp_path / "a") != bytes_of(tmp_path / "b")
    assert first.spent == again.spent


@pytest.mark.parametrize("stop_at", [1, 2, 3])
def test_a_killed_training_resumes_to_the_same_model_and_exactly_the_same_epsilon(tmp_path, stop_at, monkeypatch):
    from remembrain.targets import checkpoint

    whole = run(tmp_path / "whole", before=((20.0, 1.0, 1),))
    write = checkpoint.Checkpoint.write

    def write_and_die(self, network, optimiser, state):
        write(self, network, optimiser, state)
        if len(state.history) == stop_at:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint.Checkpoint, "write", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "killed", before=((20.0, 1.0, 1),))
    monkeypatch.setattr(checkpoint.Checkpoint, "write", write)
    resumed = run(tmp_path / "killed", before=((20.0, 1.0, 1),))
    assert resumed.spent == whole.spent
    assert resumed.checked == whole.checked
    assert repr(resumed.history) == repr(whole.history)  # errors of nobody are NaN
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "whole")


def test_epsilon_is_told_by_epoch_grows_and_keeps_to_the_budget(tmp_path):
    made = run(tmp_path, before=((20.0, 1.0, 1),))
    told = [row["epsilon"] for row in made.history]
    assert told == sorted(told)
    assert told[-1] == epsilon_of(made.spent, 1e-3) <= 6.0
    assert made.spent == ((20.0, 1.0, 1), (made.mechanism.noise_multiplier, 5 / 30, 4 * 6))
    heading, *rows = (tmp_path / "target/training.tsv").read_text().splitlines()
    assert heading.endswith("\tepsilon")
    assert [float(row.rsplit("\t", 1)[1]) for row in rows] == pytest.approx(told, rel=1e-5)


def test_people_are_counted_and_not_scans(tmp_path):
    made = run(tmp_path, scans_each=2)
    assert (made.mechanism.people, made.checked.people) == (15, 15)
    assert made.mechanism.rate == pytest.approx(5 / 15)


def test_clipping_without_noise_promises_nothing(tmp_path):
    made = run(tmp_path, recipe=Recipe("adam", 1e-2, 0.0, 5, 2, privacy=Privacy(noise_multiplier=0.0, delta=1e-3)))
    assert made.history[-1]["epsilon"] == np.inf
    assert (tmp_path / "target/training.tsv").read_text().splitlines()[1].endswith("n/a")


def test_a_person_more_or_less_changes_little_where_noise_is_large(tmp_path):
    """The point of it all, on a model of one weight: what one person can do is bounded by clip over noise."""
    network = torch.nn.Linear(6, 1)
    recipe = Recipe("sgd", 1.0, 0.0, 30, 1, privacy=Privacy(noise_multiplier=0.0, clip=0.01, delta=1e-3))
    with torch.no_grad():
        network.weight.zero_()
        network.bias.fill_(60.0)
    run(tmp_path, recipe=recipe, network=network)
    assert float(network.weight.detach().norm()) <= 0.01 * (1 + 1e-5)


@pytest.mark.parametrize(
    ("privacy", "error", "what"),
    [
        (Privacy(epsilon=1.0, delta=0.05), UsageError, "delta 0.05 is not below 1 over 30 people"),
        (Privacy(epsilon=1e-6, delta=1e-9), UsageError, "out of reach"),
    ],
)
def test_promises_that_cannot_be_kept_leave_nothing_behind(tmp_path, privacy, error, what):
    with pytest.raises(error, match=what):
        run(tmp_path, recipe=Recipe("adam", 1e-2, 0.0, 5, 2, privacy=privacy))
    assert not (tmp_path / "target").exists()


def test_a_network_with_batch_norm_is_refused_before_training(tmp_path):
    network = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
    with pytest.raises(DataError, match="1 is a BatchNorm1d: it keeps statistics of people's scans"):
        run(tmp_path, network=network)
    assert not (tmp_path / "target").exists()
