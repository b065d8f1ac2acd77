"""Training whole: what is written, repeated, resumed to the same bytes, and refused."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from made_training import fresh, people, run
from torch import nn

from in_memory import InMemory
from remembrain.errors import DataError, RemembrainError
from remembrain.targets.networks import build
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import COLUMNS
from remembrain.targets.weights import read_weights


def table(folder: Path):
    lines = (folder / "target" / "training.tsv").read_text().splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]


def test_every_epoch_is_described_by_predictions_of_all_scans_and_errors_of_each_role(tmp_path):
    inputs, age, roles = people()
    trained, network = run(tmp_path)
    rows = table(tmp_path)
    assert list(rows[0]) == list(COLUMNS) == ["epoch", "loss", "mae_member", "mae_nonmember", "mae_validation"]
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    for number, row in enumerate(rows, start=1):
        predicted = np.load(tmp_path / "epochs" / f"epoch-{number:03d}.npy")
        assert (predicted.dtype, predicted.shape) == (np.float32, (len(inputs),))
        for role, places in roles.items():
            expected = np.abs(predicted.astype(float) - age)[places].mean()
            assert float(row[f"mae_{role}"]) == pytest.approx(expected, rel=1e-5)
            assert trained.history[number - 1][f"mae_{role}"] == pytest.approx(expected)
    with torch.no_grad():
        last = network(torch.from_numpy(inputs.array))[:, 0]
    assert not network.training
    np.testing.assert_allclose(last, predicted, rtol=1e-6)


def test_a_training_that_is_not_watched_leaves_the_same_weights_and_no_predictions(tmp_path):
    watched, _ = run(tmp_path / "watched")
    trained, network = run(tmp_path / "unwatched", watched=False)
    assert trained.weights.read_bytes() == watched.weights.read_bytes()
    assert not network.training
    assert not list((tmp_path / "unwatched").rglob("*.npy"))
    rows = table(tmp_path / "unwatched")
    assert [row["loss"] for row in rows] == [row["loss"] for row in table(tmp_path / "watched")]
    assert {row["mae_member"] for row in rows} == {"n/a"}


def test_a_role_without_scans_is_not_available(tmp_path):
    roles = people()[2]
    trained, _ = run(tmp_path, roles={**roles, "validation": np.array([], dtype=int)})
    assert {row["mae_validation"] for row in table(tmp_path)} == {"n/a"}
    assert math.isnan(trained.history[0]["mae_validation"])


def test_the_saved_weights_are_those_of_the_last_epoch(tmp_path):
    trained, network = run(tmp_path)
    assert trained.weights == tmp_path / "target" / "model.safetensors"
    for name, value in read_weights(trained.weights).items():
        assert torch.equal(value, network.state_dict()[name])


def test_weights_of_every_kth_epoch_are_kept(tmp_path):
    run(tmp_path, recipe=Recipe("adam", 1e-2, 0.0, 4, 5, keep_every=2))
    kept = sorted(path.name for path in (tmp_path / "epochs").glob("*.safetensors"))
    assert kept == ["epoch-002.safetensors", "epoch-004.safetensors"]


def result(folder: Path):
    names = ["target/model.safetensors", "target/training.tsv", *(f"epochs/epoch-{n:03d}.npy" for n in (1, 2, 3))]
    return [(folder / name).read_bytes() for name in names]


def test_same_seed_same_bytes_whatever_the_global_state_and_another_seed_others(tmp_path):
    torch.manual_seed(1)
    run(tmp_path / "a")
    network = fresh()
    torch.manual_seed(2)
    before = torch.random.get_rng_state()
    run(tmp_path / "b", network=network)
    assert torch.equal(before, torch.random.get_rng_state())
    run(tmp_path / "c", seed=1)
    assert result(tmp_path / "a") == result(tmp_path / "b")
    assert result(tmp_path / "a")[0] != result(tmp_path / "c")[0]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    sys.path[:0] = [sys.argv[1], str(Path(sys.argv[1]).parent)]
    import made_training
    from remembrain.targets import checkpoint
    folder, fatal = Path(sys.argv[2]), int(sys.argv[3])
    write = checkpoint.Checkpoint.write
    def write_and_die(self, network, optimiser, state):
        if len(state.history) == fatal and sys.argv[4] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        write(self, network, optimiser, state)
        if len(state.history) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    checkpoint.Checkpoint.write = write_and_die
    made_training.run(folder)
"""


@pytest.mark.parametrize(("epoch", "moment"), [(2, "after"), (3, "before")])
def test_a_run_killed_in_any_epoch_resumes_to_the_same_bytes(tmp_path, epoch, moment):
    run(tmp_path / "whole")
    arguments = [str(Path(__file__).parent), str(tmp_path / "killed"), str(epoch), moment]
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    process = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), *arguments], env=environment, check=False)
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "killed" / "target" / "model.safetensors").exists()
    run(tmp_path / "killed")
    assert result(tmp_path / "killed") == result(tmp_path / "whole")


@pytest.mark.parametrize("steps", [1, 5, 9, 14, 17])
def test_a_run_stopped_within_an_epoch_resumes_to_the_same_bytes(tmp_path, steps):
    left = [steps]

    def stop(*_):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    run(tmp_path / "whole")
    network = fresh()
    network.register_forward_pre_hook(stop)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped", network=network)
    run(tmp_path / "stopped")
    assert result(tmp_path / "stopped") == result(tmp_path / "whole")


def test_a_finished_training_is_not_repeated(tmp_path):
    run(tmp_path)
    expected = result(tmp_path)
    inputs, age, roles = people()
    asked = []
    inputs.__class__ = type("Watched", (InMemory,), {"__getitem__": lambda _, index: asked.append(index)})
    run(tmp_path, data=(inputs, age, roles))
    assert asked == []
    assert result(tmp_path) == expected


def test_a_network_that_breaks_on_other_scans_is_noticed(tmp_path):
    inputs, age, roles = people()
    inputs.array[1] = 3e38
    with pytest.raises(RemembrainError, match="predictions after epoch 1"):
        run(tmp_path, data=(inputs, age, roles))


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"member": np.array([], dtype=int)}, "no members"),
        ({"nonmember": np.array([1])}, "no members"),
        ({"member": np.array([1]), "nonmember": np.array([14])}, "a nonmember is not among the 14 scans"),
        ({"member": np.array([-1])}, "a member is not among"),
    ],
)
def test_roles_that_mean_nothing_are_refused(tmp_path, roles, message):
    with pytest.raises(DataError, match=message):
        run(tmp_path, roles=roles)


def test_ages_that_do_not_go_with_the_scans_are_refused(tmp_path):
    inputs, age, roles = people()
    with pytest.raises(DataError, match="different lengths"):
        run(tmp_path, data=(inputs, age[1:], roles))
    age[3] = np.nan
    with pytest.raises(DataError, match="age"):
        run(tmp_path, data=(inputs, age, roles))


def test_an_output_that_is_not_one_number_a_scan_is_refused(tmp_path):
    with pytest.raises(DataError, match="the network puts out shape"):
        run(tmp_path, network=nn.Linear(5, 2))


def test_the_table_network_overfits(tmp_path):
    rng = np.random.default_rng(0)
    array = rng.normal(size=(120, 10))
    age = 60 + 4 * array[:, 0] + rng.normal(0, 5, 120)
    roles = {"member": np.arange(60), "nonmember": np.arange(60, 120)}
    network = build("mlp", "light", (10,), mean_age=60.0, generator=torch.Generator().manual_seed(0))
    recipe = Recipe("adam", 2e-3, 0.0, 8, 12)
    trained, _ = run(tmp_path, network=network, recipe=recipe, data=(InMemory(array), age, roles))
    assert trained.history[-1]["mae_member"] < 0.5 * trained.history[-1]["mae_nonmember"]
