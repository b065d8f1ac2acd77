"""Privacy from end to end on a table: trained, told, attacked, held against its claim; and what is refused."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from remembrain.cli import main
from remembrain.cohort import canaries
from remembrain.config import AttackOptions, Config, DataOptions, FederationOptions, SplitOptions, TrainOptions
from remembrain.errors import DataError, UsageError
from remembrain.report import write as report
from remembrain.study import audit
from remembrain.study.federated.federate import federate
from remembrain.targets.private.accounting import epsilon_of
from remembrain.targets.private.promise import read_training

QUICK = AttackOptions(attacks=("error-threshold", "logistic"), repeats=2)


def write_table(path, people=500, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(people, 8))
    frame = pd.DataFrame(values, columns=[f"x{place}" for place in range(8)])
    frame.insert(0, "participant_id", [f"sub-{place:04d}" for place in range(people)])
    frame["age"] = np.clip(60 + 5 * values[:, 0] + rng.normal(0, 5, people), 40, 85)
    frame["sex"] = rng.choice(["F", "M"], people)
    frame.to_csv(path, sep="\t", index=False)
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return write_table(tmp_path_factory.mktemp("private") / "people.tsv")


def config_of(table, *, split=None, **training):
    return Config(
        source=table,
        seed=2,
        data=DataOptions(workers=1),
        split=SplitOptions(members=150, nonmembers=150, validation=0, population=0.1, **(split or {})),
        training=TrainOptions(**{"network": "mlp", "epochs": 4, **training}),
    )


@pytest.fixture(scope="module")
def private(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    run = audit.train(config_of(table, epsilon=4.0, split={"canaries": 100}), folder)
    audit.attack(run.path, QUICK, workers=1)
    return run


def evidence_of(run):
    return json.loads((run.path / "evidence.json").read_text())


def test_a_private_run_keeps_its_promise_beside_the_target(private):
    kept = read_training(private)
    assert kept.epsilon <= 4.0
    assert kept.epsilon == pytest.approx(epsilon_of(kept.spent, 1e-5))
    assert kept.second_epsilon < kept.epsilon
    table = pd.read_csv(private.restricted / "canaries.tsv", sep="\t")
    assert kept.people == 150 + int(table["included"].sum())
    assert kept.clip_check.people == kept.people
    assert [spent.epoch for spent in kept.by_epoch] == [1, 2, 3, 4]


def test_the_evidence_tells_the_promise_the_bounds_and_the_verdict(private):
    privacy = evidence_of(private)["privacy"]
    assert privacy["claim"]["by"] == "training"
    assert {one["source"] for one in privacy["bounds"]} == {"canaries", "error-threshold", "logistic"}
    assert privacy["canaries"]["people"] == 100
    assert privacy["verdict"]["status"] in ("not contradicted", "not assessed")
    assert sum(1 - one["confidence"] for one in privacy["bounds"]) == pytest.approx(0.05)


def test_where_a_perfect_attack_could_not_contradict_a_claim_nothing_is_said_of_it(private):
    audit.attack(private.path, QUICK.model_copy(update={"claimed_epsilon": 50.0}), workers=1)
    verdict = evidence_of(private)["privacy"]["verdict"]
    assert verdict["status"] == "not assessed"
    assert "even a perfect attack would show no more than" in verdict["text"]


def test_a_strangers_claim_is_contradicted_only_by_bounds_that_hold_for_any_noise(private):
    audit.attack(private.path, QUICK.model_copy(update={"claimed_epsilon": 0.1}), workers=1)
    bounds = evidence_of(private)["privacy"]["bounds"]
    assert {one["estimator"] for one in bounds if one["decides"]} == {"clopper-pearson", "one-run"}
    audit.attack(private.path, QUICK.model_copy(update={"claimed_epsilon": None}), workers=1)
    assert all(one["decides"] for one in evidence_of(private)["privacy"]["bounds"])


def test_a_promise_of_other_weights_is_refused(private, tmp_path):
    shutil.copytree(private.path, tmp_path / "run")
    path = tmp_path / "run" / "target" / "privacy.json"
    path.write_text(path.read_text().replace('"weights": "', '"weights": "0'))
    with pytest.raises(DataError, match="is a promise of other weights"):
        audit.attack(tmp_path / "run", QUICK, workers=1)


def test_a_refused_training_leaves_the_options_of_the_one_before(private, table):
    before = (private.path / "config.toml").read_bytes()
    with pytest.raises(DataError, match="belongs to a training with other"):
        audit.train(config_of(table, epochs=3, split={"canaries": 100}), private.path)
    assert (private.path / "config.toml").read_bytes() == before
    audit.attack(private.path, QUICK, workers=1)


def test_rounded_answers_are_not_taken_for_those_of_the_plain_model(table, tmp_path):
    from remembrain.query import code_of
    from remembrain.targets.saved import load_saved

    run = audit.train(config_of(table, epochs=2), tmp_path / "plain")
    rounded = audit.train(config_of(table, epochs=2, defences=("rounding=10",)), tmp_path / "rounded")
    assert code_of(load_saved(run.target)) != code_of(load_saved(rounded.target))


def test_canaries_do_not_go_with_a_split_that_is_given(table, private, tmp_path):
    config = config_of(table, split={"canaries": 10, "split": private.split})
    with pytest.raises(UsageError, match="--canaries are drawn when people are split"):
        audit.train(config, tmp_path / "run")


def test_the_report_shows_the_box_and_the_seed_that_undoes_the_noise(private):
    page = report.write([private.path]).read_text()
    assert "Formal guarantee" in page
    assert "--secure-noise" in page
    assert "sub-0" not in page


def test_canaries_are_in_nobodys_figures(private):
    evidence = evidence_of(private)
    assert {one["role"] for one in evidence["people"]["groups"]} == {"member", "nonmember", "population"}
    assert evidence["attacks"][0]["n_members"] == 75
    assert len(evidence["target"]["epochs"]) == 4


def test_coins_are_fair_and_come_from_the_seed(table):
    from remembrain.config.roles import roles_of
    from remembrain.study.people import gather

    config = config_of(table, split={"canaries": 150})
    material = gather(config, roles_of(config, table.with_name("none")))
    included = [len(canaries.draw(material, 20.0, seed).included) for seed in range(60)]
    assert abs(np.mean(included) - 75) < 3.3 * np.sqrt(150 / 4 / 60)
    first, again = canaries.draw(material, 20.0, 1), canaries.draw(material, 20.0, 1)
    assert np.array_equal(first.included, again.included)
    ages = first.ages(material.scans.age)
    assert np.allclose(np.abs(ages - material.scans.age)[first.places], 20.0)
    assert np.array_equal(np.delete(ages, first.places), np.delete(material.scans.age, first.places))


def test_a_model_that_learns_canaries_by_heart_contradicts_a_small_claim(table, tmp_path):
    run = audit.train(config_of(table, split={"canaries": 150}, epochs=60), tmp_path / "run")
    audit.attack(run.path, QUICK.model_copy(update={"claimed_epsilon": 0.5}), workers=1)
    privacy = evidence_of(run)["privacy"]
    assert privacy["claim"] == {"by": "owner", "epsilon": 0.5, "delta": 1e-5}
    assert privacy["verdict"]["status"] == "contradicted"
    assert max(one["value"] for one in privacy["bounds"] if one["source"] == "canaries") > 1.0
    assert "contradicted" in report.write([run.path]).read_text()


def test_a_killed_and_resumed_run_reports_exactly_the_epsilon_of_an_unbroken_one(table, tmp_path, private, monkeypatch):
    from remembrain.targets import checkpoint

    write = checkpoint.Checkpoint.write

    def write_and_die(self, network, optimiser, state):
        write(self, network, optimiser, state)
        if len(state.history) == 2:
            raise KeyboardInterrupt

    config = config_of(table, epsilon=4.0, split={"canaries": 100})
    monkeypatch.setattr(checkpoint.Checkpoint, "write", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        audit.train(config, tmp_path / "run")
    monkeypatch.setattr(checkpoint.Checkpoint, "write", write)
    run = audit.train(config, tmp_path / "run")
    assert (run.target / "privacy.json").read_bytes() == (private.target / "privacy.json").read_bytes()
    assert (run.target / "model.safetensors").read_bytes() == (private.target / "model.safetensors").read_bytes()


def test_cryptographic_noise_resumes_from_the_start_that_was_released(table, tmp_path, monkeypatch):
    from remembrain.targets import checkpoint

    write = checkpoint.Checkpoint.write

    def write_and_die(self, network, optimiser, state):
        write(self, network, optimiser, state)
        raise KeyboardInterrupt

    config = config_of(table, epsilon=4.0, secure_noise=True)
    monkeypatch.setattr(checkpoint.Checkpoint, "write", write_and_die)
    with pytest.raises(KeyboardInterrupt):
        audit.train(config, tmp_path / "run")
    monkeypatch.setattr(checkpoint.Checkpoint, "write", write)
    began = (tmp_path / "run" / "restricted" / "start.json").read_bytes()
    run = audit.train(config, tmp_path / "run")
    assert (run.restricted / "start.json").read_bytes() == began
    assert read_training(run).steps == 4 * 5
    assert read_training(run).secure_noise is True


@pytest.mark.slow
def test_a_secure_federation_goes_on_from_the_mean_ages_that_were_told(table, tmp_path):
    def config(rounds):
        return Config(
            source=table,
            seed=1,
            data=DataOptions(workers=1),
            training=TrainOptions(network="mlp", epochs=1, noise_multiplier=1.0, delta=1e-3, secure_noise=True),
            federation=FederationOptions(environment="uniform-iid", learners=3, rounds=rounds),
        )

    federate(config(1), tmp_path / "run")
    (tmp_path / "run" / "rounds" / "001" / "manifest.json").unlink()
    run = federate(config(1), tmp_path / "run")
    steps = {learner.name: learner.steps for learner in read_training(run).learners}
    manifest = json.loads((run.path / "rounds" / "001" / "manifest.json").read_text())
    assert manifest["attempts"] == 2
    assert all(2 * one["privacy"]["steps"] == steps[one["name"]] for one in manifest["learners"])


def test_scales_of_columns_come_from_people_who_are_not_protected(table, tmp_path):
    """Members that are changed beyond recognition must not move what others' rows become."""
    from remembrain.config.roles import roles_of
    from remembrain.study.people import gather

    plain, asked = config_of(table), config_of(table, defences=("dp-noise=1",))
    roles = roles_of(plain, table.with_name("none"))
    members = gather(plain, roles).of("member").scans.participant_id
    moved = pd.read_csv(table, sep="\t")
    moved.loc[moved["participant_id"].isin(members), [f"x{place}" for place in range(8)]] *= 1000
    moved.to_csv(tmp_path / "moved.tsv", sep="\t", index=False)
    for config, same in ((asked, True), (plain, False)):
        other = config.model_copy(update={"source": tmp_path / "moved.tsv"})
        one, two = (gather(some, roles) for some in (config, other))
        place = int(one.split.index("nonmember")[0])
        assert np.array_equal(one.inputs[place], two.inputs[place]) is same


def test_predictions_that_are_changed_are_attacked_as_they_are_given_out(table, tmp_path):
    run = audit.train(config_of(table, defences=("rounding=5",), epochs=20), tmp_path / "run")
    audit.attack(run.path, AttackOptions(attacks=("error-threshold", "network:gradient:output"), repeats=2), workers=1)
    evidence = evidence_of(run)
    assert [one["name"] for one in evidence["attacks"]] == ["error-threshold", "blind"]
    assert any("has the weights" in line for line in evidence["not_tested"])
    seen = np.load(run.signals / "prediction.npy") if (run.signals / "prediction.npy").exists() else None
    if seen is not None:
        assert np.allclose(seen / 5, np.round(seen / 5))
    with pytest.raises(UsageError, match="needs the weights, of which rounding=5 changes nothing"):
        audit.attack(run.path, AttackOptions(attacks=("network:gradient:output",)), workers=1)


NETWORK = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.one, self.two = nn.Linear(10, width), nn.Linear(width, 1)

    def forward(self, x):
        return self.two(torch.relu(self.one(x)))

class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(10, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))

    def forward(self, x):
        return self.layers(x)

def loss(output, age):
    return nn.functional.smooth_l1_loss(output[:, 0] * 10 + 60, age)

def age(output):
    return output[:, 0] * 10 + 60
"""


def test_a_class_of_the_users_own_is_trained_privately_with_its_own_loss(table, tmp_path):
    (tmp_path / "my_model.py").write_text(NETWORK)
    own = {"network": f"{tmp_path}/my_model.py:Net", "network_arguments": '{"width": 16}'}
    config = config_of(table, **own, epochs=2, epsilon=8.0)
    run = audit.train(config, tmp_path / "run")
    again = audit.train(config, tmp_path / "again")
    assert (run.target / "model.safetensors").read_bytes() == (again.target / "model.safetensors").read_bytes()
    assert read_training(run).epsilon <= 8.0
    audit.attack(run.path, AttackOptions(attacks=("error-threshold",), repeats=1), workers=1)
    assert evidence_of(run)["privacy"]["claim"]["by"] == "training"


def test_a_class_that_is_brought_starts_where_it_says_and_no_mean_age_is_released_for_it(table, tmp_path):
    config = config_of(table, network="remembrain.targets.mlp:Mlp", network_arguments='{"shape": [10]}', epsilon=8.0)
    kept = read_training(audit.train(config, tmp_path / "run"))
    assert kept.mean_age is None
    assert len(kept.spent) == 1


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["--epsilon", "0"], 2, "epsilon 0"),
        (["--epsilon", "-1"], 2, "epsilon -1"),
        (["--epsilon", "1", "--delta", "0.01"], 2, "delta 0.01 is not below 1 over 150 people"),
        (["--epsilon", "1e-7"], 2, "out of reach"),
        (["--epsilon", "1", "--noise-multiplier", "1"], 2, "asked for twice"),
        (["--epsilon", "1", "--defences", "dp-noise=1"], 2, "asked for twice"),
        (["--defences", "dropout"], 2, "no defence 'dropout'"),
        (["--defences", "fewer-rounds=2"], 2, "is for a federation"),
        (["--epsilon", "1", "--network", "MODEL:Normed"], 3, "BatchNorm1d: it keeps statistics of people's scans"),
    ],
)
def test_what_cannot_be_promised_is_refused_before_training(table, tmp_path, capsys, words, code, what):
    (tmp_path / "my_model.py").write_text(NETWORK)
    words = [word.replace("MODEL", f"{tmp_path}/my_model.py") for word in words]
    split = ["--members", "150", "--nonmembers", "150", "--population", "0.1", "--validation", "0", "--epochs", "4"]
    network = [] if "--network" in words else ["--network", "mlp"]
    with pytest.raises(SystemExit) as ended:
        main(["train", str(table), str(tmp_path / "run"), *split, *network, *words])
    said = capsys.readouterr().err
    assert ended.value.code == code, said
    assert what in said
    assert not (tmp_path / "run" / "target" / "model.safetensors").exists()


def test_a_private_federation_tells_what_every_learner_spent(table, tmp_path):
    config = Config(
        source=table,
        seed=1,
        data=DataOptions(workers=1),
        training=TrainOptions(network="mlp", epochs=1, epsilon=6.0, delta=1e-3),
        federation=FederationOptions(environment="uniform-iid", learners=3, rounds=2),
    )
    run = federate(config, tmp_path / "run")
    kept = read_training(run)
    assert len(kept.learners) == 3
    assert kept.epsilon == max(learner.epsilon for learner in kept.learners) <= 6.0
    assert kept.people == sum(learner.people for learner in kept.learners)
    assert [spent.epoch for spent in kept.by_epoch] == [1, 2]
    assert kept.by_epoch[-1].epsilon == pytest.approx(kept.epsilon)


@pytest.mark.slow
def test_a_federation_of_fewer_rounds_has_so_many(table, tmp_path):
    config = Config(
        source=table,
        seed=1,
        data=DataOptions(workers=1),
        training=TrainOptions(network="mlp", epochs=1, defences=("fewer-rounds=1",)),
        federation=FederationOptions(environment="uniform-iid", learners=3, rounds=4),
    )
    run = federate(config, tmp_path / "run")
    assert sorted(path.name for path in (run.path / "rounds").iterdir()) == ["000", "001"]
    assert read_training(run) is None
