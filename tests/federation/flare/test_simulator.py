"""FLARE's simulator against the federation in process: the same models; whoever fails is named, and ends the round."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

import json
import os
import shutil
from pathlib import Path

import torch

from failing_site import WAYS
from made_federation import models
from made_table import write_people
from remembrain.config import Config, DataOptions, FederationOptions, TrainOptions
from remembrain.errors import RemembrainError
from remembrain.federation.aggregate import Reply, weighted_mean
from remembrain.federation.archive import Archive
from remembrain.federation.flare.plan import Plan, write_job
from remembrain.federation.flare.simulator import simulate
from remembrain.study.federated.federate import federate
from remembrain.targets import recipes
from remembrain.targets.weights import read_weights


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_people(tmp_path_factory.mktemp("table") / "people.tsv", 240)


def config_of(table, learners, workers=1, **federation):
    return Config(
        source=table,
        seed=4,
        data=DataOptions(workers=workers),
        training=TrainOptions(network="mlp"),
        federation=FederationOptions(learners=learners, **federation),
    )


def test_two_simulated_rounds_are_those_in_process_to_the_bit(table, tmp_path):
    here = federate(config_of(table, 2, rounds=2), tmp_path / "here").path
    there = federate(
        config_of(table, 2, 2, rounds=2, engine="flare", simulate=True, time_limit=120), tmp_path / "there"
    )
    assert models(there.path) == models(here)
    assert len(models(here)) == 2 + 2 * 4
    more = federate(config_of(table, 2, rounds=3), there.path)  # either engine goes on where the other ended
    assert (more.path / "rounds" / "003" / "manifest.json").is_file()


@pytest.mark.slow
def test_private_rounds_on_flare_are_those_in_process_and_spend_the_same(table, tmp_path):
    def private(**federation):
        config = config_of(table, 3, rounds=2, **federation)
        training = config.training.model_copy(update={"epsilon": 6.0, "delta": 1e-3, "epochs": 1})
        return config.model_copy(update={"training": training})

    here = federate(private(), tmp_path / "here")
    there = federate(private(engine="flare", simulate=True, time_limit=120), tmp_path / "there")
    assert models(there.path) == models(here.path)
    assert (there.target / "privacy.json").read_bytes() == (here.target / "privacy.json").read_bytes()


def failing_run(table, path, failing, *, allow_missing, learners=8, rounds=1, time_limit=40):
    """Divide people as a federation does, and run rounds with sites that fail."""
    run = federate(config_of(table, learners, rounds=1), path).path
    for folder in (run / "rounds").glob("*"):
        for file in folder.glob("*"):
            file.unlink()
        folder.rmdir()
    names = {f"learner-{number}": f"site {number}" for number in range(1, learners + 1)}
    recipe = recipes.recipe("mlp", "light", federated=True)
    plan = Plan("mlp", "light", recipe, rounds, 4, names, time_limit, allow_missing)
    arguments = {"run": str(run), "failing": failing}
    job = write_job(
        run / "flare",
        plan,
        server=("remembrain.study.federated.simulated_sites.SimulatedRounds", {"folder": str(run)}),
        site=("failing_site.FailingLearner", arguments),
    )
    last = run / "rounds" / f"{rounds:03d}" / "manifest.json"
    simulate(job, plan, run, None, last.is_file, also=["failing_site.FailingLearner"])
    return run


@pytest.fixture
def importable(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]), prepend=os.pathsep)


@pytest.mark.slow
@pytest.mark.usefixtures("importable")
def test_nothing_is_averaged_over_fewer_sites_unless_that_is_allowed(table, tmp_path):
    with pytest.raises(RemembrainError, match=r"round 1.*site 2.* NaN or infinite"):
        failing_run(table, tmp_path / "run", {"learner-2": WAYS["learner-4"]}, learners=2, allow_missing=False)
    assert Archive(tmp_path / "run" / "rounds").last() == 0
    assert not list((tmp_path / "run" / "rounds").glob("001/manifest.json"))


@pytest.mark.slow
@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize("site", sorted(WAYS))
def test_whoever_fails_is_named_within_the_time_limit(table, tmp_path, site):
    with pytest.raises(RemembrainError, match=f"round 1.*site {site[-1]}"):
        failing_run(table, tmp_path / "run", {site: WAYS[site]}, allow_missing=False)
    assert Archive(tmp_path / "run" / "rounds").last() == 0


@pytest.mark.slow
@pytest.mark.usefixtures("importable")
def test_where_missing_sites_are_allowed_the_archive_says_who_was_and_why(table, tmp_path):
    run = failing_run(table, tmp_path / "run", WAYS, allow_missing=True)
    archive = Archive(run / "rounds")
    facts = archive.facts(1)
    why = {one["name"]: one["why"] for one in facts["missing"]}
    assert set(why) == {f"site {number}" for number in range(3, 9)}
    assert why["site 3"] == "failed; the site's log says why"  # not with what words
    assert "NaN" in why["site 4"]
    assert "of shape" in why["site 5"]
    assert "another round" in why["site 6"]
    assert "did not answer" in why["site 7"]
    assert set(facts["models"]) == {"community", "learner-1", "learner-2"}
    replies = {
        one["number"]: Reply(read_weights(archive.local(1, one["number"])), one["scans"], "")
        for one in facts["learners"]
    }
    mean, kept = weighted_mean(replies), archive.state(1)
    assert all(torch.equal(mean[name], kept[name]) for name in kept)


def metered_job(table, path, arguments):
    """Divide people as a federation does, and write a job that names the meter in its own configuration."""
    run = federate(config_of(table, 2, rounds=2), path).path
    before = models(run)
    shutil.rmtree(run / "rounds")
    recipe = recipes.recipe("mlp", "light", federated=True)
    plan = Plan("mlp", "light", recipe, 2, 4, {f"learner-{k}": f"learner-{k}" for k in (1, 2)}, 120)
    server, site = ("SimulatedRounds", {"folder": str(run)}), ("SimulatedLearner", {"run": str(run)})
    job = write_job(
        run / "flare",
        plan,
        server=(f"remembrain.study.federated.simulated_sites.{server[0]}", server[1]),
        site=(f"remembrain.study.federated.simulated_sites.{site[0]}", site[1]),
    )
    settings = job / "app" / "config" / "config_fed_client.json"
    content = json.loads(settings.read_text())
    named = {"path": "remembrain.meter.LeakageMeter", **arguments}
    content["task_data_filters"] = [{"tasks": ["train"], "filters": [named]}]
    settings.write_text(json.dumps(content))
    local = job.parent / "workspace" / "local"  # FLARE gives every simulated site a copy of it
    local.mkdir(parents=True)
    people = Path(__file__).parents[2] / "site_people.py"
    (local / "remembrain.toml").write_text(
        '[meter]\nnetwork = "remembrain.targets.mlp:Mlp"\narguments = {shape = [6]}\nattacks = ["error-threshold"]\n'
        f'people = "{people}:people"\nout = "{path.parent}/leakage/{{site}}"\n'
    )

    def complete():
        return (run / "rounds" / "002" / "manifest.json").is_file()

    return run, before, lambda: simulate(job, plan, run, None, complete, also=["remembrain.meter.LeakageMeter"])


@pytest.mark.slow
def test_a_leakage_meter_runs_inside_a_job_and_changes_nothing(table, tmp_path):
    run, before, go = metered_job(table, tmp_path / "run", {})
    go()
    assert models(run) == before
    for name in ("learner-1", "learner-2"):
        rows = (tmp_path / "leakage" / name / "trend.tsv").read_text().splitlines()
        assert {row.split("\t")[0] for row in rows[1:]} == {"0", "1"}
        assert all("n/a" not in row for row in rows[1:])


@pytest.mark.slow
def test_a_job_that_gives_the_meter_code_to_run_runs_none_of_it(table, tmp_path, monkeypatch):
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'was here')!r}, 'w')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    evil = {"network": "evil:Net", "people": "evil:people", "out": str(tmp_path / "leaked")}
    run, _, go = metered_job(table, tmp_path / "run", {"args": evil})
    with pytest.raises(RemembrainError):
        go()
    assert not (run / "rounds" / "001").exists()
    assert not (tmp_path / "was here").exists()
    assert not (tmp_path / "leaked").exists()
