"""A federation on a table: it learns, a killed one resumes to the same bytes, another one is refused."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import csv
import json
import shutil

import pandas as pd
import torch

from made_federation import ROUNDS, config_of, models
from made_table import write_people
from remembrain.config import AttackOptions
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.federation import in_process
from remembrain.federation.aggregate import Reply, weighted_mean
from remembrain.federation.rounds import identity
from remembrain.run.streams import first_weights
from remembrain.study import audit
from remembrain.study.federated.federate import federate
from remembrain.targets import networks, recipes
from remembrain.targets.weights import read_weights


def test_rounds_say_nothing_of_whose_people_they_are():
    recipe, names = recipes.recipe("mlp", "light", federated=True), {1: "oslo"}
    network = networks.build("mlp", "light", (5,), mean_age=60.0, generator=first_weights(1))
    plain = identity(network, recipe, 1, names)
    assert identity(network, recipe, 1, names, {1: ""}) == plain
    assert identity(network, recipe, 1, names, {1: "word"}) != plain


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_people(tmp_path_factory.mktemp("table") / "people.tsv", 250, hospital=True)


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    return federate(config_of(table), tmp_path_factory.mktemp("run") / "run").path


def manifest(run, round_):
    return json.loads((run / "rounds" / f"{round_:03d}" / "manifest.json").read_text())


def test_every_round_s_models_are_kept_and_the_error_falls(run):
    for round_ in range(1, ROUNDS + 1):
        facts = manifest(run, round_)
        assert set(facts["models"]) == {"community", *(f"learner-{number}" for number in range(1, 5))}
        assert facts["parent"] == manifest(run, round_ - 1)["models"]["community"]
        assert [one["scans"] for one in facts["learners"]] == [50, 50, 50, 50]
    assert manifest(run, ROUNDS)["mae_unseen"] < 8.7  # of everybody's mean: a quarter of 35 years
    assert set(manifest(run, 0)["models"]) == {"community"}


def test_a_community_model_is_the_weighted_mean_of_its_learners(run):
    folder = run / "rounds" / "002"
    replies = {k: Reply(read_weights(folder / f"learner-{k}.safetensors"), 50, "") for k in range(1, 5)}
    mean, kept = weighted_mean(replies), read_weights(folder / "community.safetensors")
    assert all(torch.equal(mean[name], kept[name]) for name in kept)
    last = read_weights(run / "rounds" / f"{ROUNDS:03d}" / "community.safetensors")
    target = read_weights(run / "target" / "model.safetensors")
    assert all(torch.equal(last[name], target[name]) for name in last)


def test_who_is_where_is_told_and_drawn_before_training(table, tmp_path, monkeypatch):
    heard = []

    def trained(*given, **more):
        assert (tmp_path / "run" / "figures" / "environment.svg").is_file()
        raise KeyboardInterrupt

    monkeypatch.setattr(in_process, "train_locally", trained)
    with pytest.raises(KeyboardInterrupt):
        federate(config_of(table), tmp_path / "run", heard.append)
    assert "learner-4: about 50 people" in heard[-1]
    assert "nobody: 50 people" in heard[-1]


def test_several_workers_leave_the_same_bytes(table, run, tmp_path):
    assert models(federate(config_of(table, workers=2), tmp_path / "run").path) == models(run)


def test_killed_in_a_round_it_resumes_to_the_same_bytes(table, run, tmp_path, monkeypatch):
    real, calls = in_process.train_locally, []

    def dying(*given, **more):
        calls.append(more)
        if len(calls) == 6:  # in round 2, behind its first learner
            raise KeyboardInterrupt
        return real(*given, **more)

    monkeypatch.setattr(in_process, "train_locally", dying)
    with pytest.raises(KeyboardInterrupt):
        federate(config_of(table), tmp_path / "run")
    assert not (tmp_path / "run" / "rounds" / "002" / "manifest.json").exists()
    federate(config_of(table), tmp_path / "run")
    assert models(tmp_path / "run") == models(run)
    assert len(calls) == 6 + 2 * 4  # round 1 is not done again


def test_more_rounds_go_on_where_fewer_ended(table, run, tmp_path):
    federate(config_of(table, rounds=2), tmp_path / "run")
    federate(config_of(table, rounds=3), tmp_path / "run")
    assert models(tmp_path / "run") == models(run)


def test_another_federation_and_a_damaged_round_are_refused(table, run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    with pytest.raises(DataError, match="belongs to a federation with other settings"):
        federate(config_of(table, learning_rate=1e-4), tmp_path / "run")
    model = tmp_path / "run" / "rounds" / f"{ROUNDS:03d}" / "learner-2.safetensors"
    model.write_bytes(model.read_bytes()[:-1] + b"\x01")
    with pytest.raises(DataError, match=r"learner-2\.safetensors: is missing or is not what was written"):
        federate(config_of(table), tmp_path / "run")


def test_a_learner_that_diverges_ends_the_round(table, tmp_path):
    with pytest.raises(RemembrainError, match=r"learner-\d, round 1.*(the loss became|NaN or infinite)"):
        federate(config_of(table, learning_rate=1e6), tmp_path / "run")
    assert not (tmp_path / "run" / "rounds" / "001" / "manifest.json").exists()


def test_the_sites_of_a_column_are_learners_by_name(table, tmp_path):
    path = federate(config_of(table, rounds=1, environment="hospital"), tmp_path / "run").path
    assert [one["name"] for one in manifest(path, 1)["learners"]] == ["Oslo", "Rome"]
    with (path / "restricted" / "learners.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    frame = pd.read_csv(table, sep="\t").set_index("participant_id")
    assert all(frame.hospital[row["participant_id"]] == row["name"] for row in rows)
    assert len(rows) == 200


def test_an_environment_that_is_neither_is_refused(table, tmp_path):
    with pytest.raises((UsageError, DataError), match="planet"):
        federate(config_of(table, environment="planet"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_last_community_model_is_audited_like_any_other(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    audit.attack(tmp_path / "run", AttackOptions(attacks=("error-threshold",), repeats=1), workers=1)
    evidence = json.loads((tmp_path / "run" / "evidence.json").read_text())
    assert evidence["attacks"][0]["status"] == "assessed"
