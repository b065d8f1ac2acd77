"""Simulated sites and their server, without FLARE's processes: each reads the run folder for its own people."""

from __future__ import annotations

import shutil

import pytest

from flare_in_process import Relayed
from made_table import write_people
from remembrain.config import Config, DataOptions, FederationOptions, TrainOptions
from remembrain.errors import RemembrainError
from remembrain.federation.archive import Archive
from remembrain.federation.flare.plan import Plan
from remembrain.run import read_json
from remembrain.study.federated.federate import federate
from remembrain.study.federated.simulated_sites import SimulatedLearner, SimulatedRounds
from remembrain.targets import recipes

SITES = {"learner-1": "learner-1", "learner-2": "learner-2"}


class Rounds(Relayed, SimulatedRounds):
    """A server that hands its tasks over in this process."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated")
    config = Config(
        source=write_people(folder / "people.tsv", 240),
        seed=4,
        data=DataOptions(workers=1),
        training=TrainOptions(network="mlp", epochs=1),
        federation=FederationOptions(learners=2, rounds=2),
    )
    return federate(config, folder / "run").path


def plan_of(**change):
    recipe = recipes.recipe("mlp", "light", federated=True, epochs=1)
    return Plan("mlp", "light", recipe, 2, 4, SITES, **change)


def test_a_simulated_site_has_the_people_of_its_learner(run):
    local = SimulatedLearner(plan_of().to_text(), str(run)).local("learner-2", None)
    lines = (run / "restricted" / "learners.tsv").read_text().splitlines()[1:]
    own = [line.split("\t")[0] for line in lines if line.endswith("learner-2")]
    assert sorted(local.person.tolist()) == sorted(own)
    assert len(local.inputs) == len(local.age) == len(own)


def test_rounds_over_sites_are_those_in_process_to_the_bit(run, tmp_path):
    copied = tmp_path / "run"
    shutil.copytree(run, copied)
    shutil.rmtree(copied / "rounds")
    sites = {name: SimulatedLearner(plan_of().to_text(), str(copied)) for name in SITES}
    Rounds(plan_of().to_text(), str(copied)).over(sites)
    for path in sorted((run / "rounds").glob("*/*")):
        assert (copied / "rounds" / path.relative_to(run / "rounds")).read_bytes() == path.read_bytes(), path


def test_a_site_that_is_silent_ends_the_round_or_is_said_to_be_missing(run, tmp_path):
    copied = tmp_path / "run"
    shutil.copytree(run, copied)
    shutil.rmtree(copied / "rounds" / "002")
    told = SimulatedLearner(plan_of().to_text(), str(copied))
    only = {"learner-1": told}
    begun = {"learner-2": SimulatedLearner(plan_of().to_text(), str(copied))}
    with pytest.raises(RemembrainError, match="round 2: learner-2 is gone"):
        Rounds(plan_of().to_text(), str(copied)).over(only, begin_alone=begun)
    assert read_json(copied / "failure.json")["where"] == "round 2"
    Rounds(plan_of(allow_missing=True).to_text(), str(copied)).over(only, begin_alone=begun)
    facts = Archive(copied / "rounds").facts(2)
    assert [learner["name"] for learner in facts["learners"]] == ["learner-1"]
    assert [(missing["name"], missing["why"]) for missing in facts["missing"]] == [
        ("learner-2", "is gone, or was lost on the way")
    ]


def test_the_error_of_nobody_s_people_is_that_in_process(run):
    archive = Archive(run / "rounds")
    server = SimulatedRounds(plan_of().to_text(), str(run))
    assert server.error_of(archive.state(2)) == archive.error(2).mae_unseen
