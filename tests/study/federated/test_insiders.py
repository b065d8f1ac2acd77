"""Insiders of a federation on a table: memory is found, ages are not taken for it, and round 0 knows nobody."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch

from private_files import open_to_others
from remembrain.audits import limits
from remembrain.config import AttackOptions, Config, DataOptions, FederationOptions, TrainOptions
from remembrain.config.roles import roles_kept
from remembrain.errors import DataError, EvidenceAboveLimit
from remembrain.report import write as report
from remembrain.study import audit
from remembrain.study.federated.federate import federate
from remembrain.study.people import gather
from remembrain.targets.saved import load_saved
from remembrain.targets.weights import fit, read_weights

ATTACKS = ("error-threshold", "network:gradient:output", "trajectory", "fed-mia")


def table_of(path, columns=24, people=480):
    """Write a table of noise, from which ages can be learned by heart alone."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{place}": rng.normal(size=people) for place in range(columns)})
    frame.insert(0, "participant_id", [f"sub-{place:03d}" for place in range(people)])
    frame["age"] = rng.uniform(45, 80, people)
    frame["sex"] = np.array(["F", "M"])[rng.integers(0, 2, people)]
    frame.to_csv(path, sep="\t", index=False)
    return path


def federated(table, path, environment, rounds, epochs=8):
    config = Config(
        source=table,
        seed=4,
        data=DataOptions(workers=1),
        training=TrainOptions(network="mlp", learning_rate=2e-3, batch_size=4, epochs=epochs),
        federation=FederationOptions(environment=environment, learners=3, rounds=rounds, unseen=0.5),
    )
    return federate(config, path).path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("insiders")
    path = federated(table_of(folder / "people.tsv"), folder / "run", "uniform-noniid", 8)
    audit.attack(path, AttackOptions(attacks=ATTACKS, repeats=1, last_rounds=2, looks=2), workers=1)
    return path


def test_nobody_but_the_owner_reads_what_a_run_leaves(run):
    assert open_to_others(run) == []


@pytest.fixture(scope="module")
def found(run):
    return json.loads((run / "evidence.json").read_text())


def test_the_last_community_model_is_the_target_and_is_asked_once(run):
    asked = {folder.parent.name for folder in (run / "restricted" / "signals" / "rounds").glob("*/community")}
    rounds = max(int(folder.name) for folder in (run / "rounds").iterdir())
    assert asked
    assert f"{rounds:03d}" not in asked
    assert len(list((run / "restricted" / "signals").glob("prediction*.npy"))) == 1


def threat(found, by, people):
    return next(one for one in found["federation"]["threats"] if one["by"] == by and one["people"] == people)


def auc(some, name):
    return next(one for one in some["attacks"] if one["name"] == name)["auc"]


def test_memory_is_found_by_other_learners_and_more_by_the_server(found):
    learner, server = (auc(threat(found, by, "matched"), "error-threshold") for by in ("learner", "server"))
    assert learner["low"] > 0.5
    assert server["value"] > learner["value"]
    assert found["findings"][0]["status"] == "members recognised"
    assert found["findings"][0]["attack"] == "overall"


def test_an_untrained_model_knows_nobody_and_leakage_grows(found):
    looked = found["federation"]["by_round"]
    assert [one["round"] for one in looked] == [0, 4, 8]
    of_threshold = [next(one for one in row["auc"] if one["name"] == "error-threshold") for row in looked]
    assert of_threshold[0]["low"] < 0.5 < of_threshold[0]["high"]
    assert of_threshold[0]["value"] < of_threshold[2]["value"]
    assert found["federation"]["started"]["round"] > 0
    assert found["federation"]["started"]["stop_at"] < found["federation"]["started"]["round"]


def test_every_model_is_asked_itself_whichever_process_asks(run):
    """Two workers get one model from this process, and each puts other weights into it."""
    config = Config.read(run / "config.toml")
    material = gather(config, roles_kept(run / "restricted" / "split.tsv"))
    target = load_saved(run / "target")
    scans = torch.tensor(np.stack([material.inputs[place] for place in range(len(material.scans))]))
    for round_ in (0, 4, 7, 8):
        path = run / "rounds" / f"{round_:03d}" / "community.safetensors"
        fit(target.module, read_weights(path), path)
        with torch.no_grad():
            expected = target.module.eval()(scans).ravel().numpy()
        signals = run / "restricted" / "signals"
        kept = signals / "rounds" / f"{round_:03d}" / "community"
        folder = signals if round_ == 8 else kept  # the last is the target
        (file,) = folder.glob("prediction.*")
        np.testing.assert_allclose(np.load(file), expected, atol=1e-4)


def test_ages_that_differ_are_seen_without_a_model_unless_people_are_matched(found):
    everybody, matched = (threat(found, "learner", people) for people in ("unmatched", "matched"))
    blind = [next(one for one in some["attacks"] if one["name"] == "blind") for some in (everybody, matched)]
    oldest_of_youngest = [
        next(cell for cell in one["pairs"] if (cell["attacker"], cell["victim"]) == (1, 3)) for one in blind
    ]
    assert oldest_of_youngest[0]["high"] < 0.5  # who is like the attacker's own is not like the victim's
    assert oldest_of_youngest[1]["low"] < 0.5 < oldest_of_youngest[1]["high"]
    assert all(one["status"] != "members recognised" for one in everybody["findings"])


def test_every_pair_and_round_stands_in_a_table_that_names_nobody(run, found):
    with (run / "pairs.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    mine = [row for row in rows if (row["by"], row["people"], row["attack"]) == ("learner", "matched", ATTACKS[0])]
    assert {row["round"] for row in mine} == {"7", "8", "mean"}
    assert len(mine) == 3 * 6
    of_mean = {(row["attacker"], row["victim"]): float(row["auc"]) for row in mine if row["round"] == "mean"}
    assert np.mean(list(of_mean.values())) == pytest.approx(
        auc(threat(found, "learner", "matched"), ATTACKS[0])["value"], abs=6e-4
    )
    for path in (run / "pairs.tsv", run / "evidence.json"):
        assert "sub-" not in path.read_text()


def test_nobody_is_learned_from_and_tested(found, run):
    federation = found["federation"]
    assert federation["people_known_of_nobody"] + federation["people_tested_of_nobody"] == 240
    assert [one["people"] for one in federation["learners"]] == [80, 80, 80]


def test_a_limit_counts_for_insiders_too(run):
    judged = audit.attack(run, AttackOptions(attacks=ATTACKS, repeats=1, last_rounds=2, looks=2), workers=1)
    assert [one.by for one in judged.insiders] == ["Another learner", "The server"]
    highest = max(found.auc.high for found in judged.assessments.values())
    insiders = max(found.auc.high for one in judged.insiders for found in one.assessments.values())
    assert insiders > highest or judged.overall.status == "members recognised"
    with pytest.raises(EvidenceAboveLimit):
        limits.enforce(judged, ("auc", 0.5))


def test_insiders_of_whom_nothing_is_known_leave_the_question_open(run, tmp_path):
    copied = tmp_path / "run"
    shutil.copytree(run, copied)
    (copied / "evidence.json").unlink()  # attacks that are in it would be judged as well
    judged = audit.attack(copied, AttackOptions(attacks=("shadow:error-threshold",), repeats=1), workers=1)
    assert [one.overall.status for one in judged.insiders] == ["not assessed", "not assessed"]
    assert judged.overall.status != "not detected"
    with pytest.raises(EvidenceAboveLimit, match="cannot be held"):
        limits.enforce(judged, ("auc", 1.0))
    page = report.write([copied]).read_text()
    assert "no evidence that nothing is learned" in page


def test_the_report_tells_of_sites_and_opens(run):
    page = report.write([run]).read_text()
    assert "What the sites of the federation learn about one another" in page
    assert "What the server learns" in page
    assert "When it started" in page


def test_evidence_that_hides_what_insiders_found_is_refused(run, tmp_path):
    content = json.loads((run / "evidence.json").read_text())
    content["findings"][0]["status"] = "not detected"
    (tmp_path / "evidence.json").write_text(json.dumps(content))
    (tmp_path / "run.json").write_text((run / "run.json").read_text())
    with pytest.raises(DataError, match=r"not detected overall|finds nothing overall"):
        report.write([tmp_path])


def test_a_run_without_its_learners_is_refused(run):
    kept = run / "restricted" / "learners.tsv"
    text = kept.read_text()
    kept.unlink()
    try:
        with pytest.raises(DataError, match=r"learners\.tsv"):
            audit.attack(run, AttackOptions(attacks=ATTACKS[:1], repeats=1), workers=1)
    finally:
        kept.write_text(text)


def test_only_the_server_holds_learners_against_one_another(found):
    names = {by: {one["name"] for one in threat(found, by, "matched")["attacks"]} for by in ("learner", "server")}
    assert names == {"learner": {*ATTACKS, "blind"} - {"fed-mia"}, "server": {*ATTACKS, "blind"}}
    assert auc(threat(found, "server", "matched"), "fed-mia")["low"] > 0.5
    for by in names:
        assert auc(threat(found, by, "matched"), "trajectory")["low"] > 0.5


def test_attacks_over_all_rounds_find_nothing_in_people_of_nobody(found):
    for by in ("learner", "server"):
        nulls = {one["name"]: one["null_auc"] for one in threat(found, by, "matched")["attacks"]}
        ran = [name for name in ("trajectory", "fed-mia") if name in nulls]
        assert all(nulls[name]["low"] <= 0.5 <= nulls[name]["high"] for name in ran)
        assert threat(found, by, "matched")["controls"]["null"]["status"] == "holds"


def test_learners_train_reference_models_on_their_own_people_and_only_once(tmp_path):
    run = federated(table_of(tmp_path / "people.tsv", people=240), tmp_path / "run", "uniform-iid", 2, epochs=1)
    options = AttackOptions(attacks=("lira", "lira-offline"), repeats=1, last_rounds=1, looks=1, references=4)
    judged = audit.attack(run, options, workers=1)
    content = json.loads((run / "evidence.json").read_text())
    federation = content["federation"]
    assert content["references"] is None
    assert (federation["references"]["models"], federation["references"]["attackers"]) == (4, 3)
    (learner,) = (one for one in federation["threats"] if one["by"] == "learner" and one["people"] == "unmatched")
    status = {one["name"]: (one["status"], one["why"]) for one in learner["attacks"]}
    assert status["lira"] == ("not assessed", "a learner cannot train models with the people whom it asks about")
    assert status.keys() == {"lira", "lira-offline", "blind"}
    found = next(one for one in learner["findings"] if one["attack"] == "lira-offline")
    assert found["status"] in ("members recognised", "not assessed")
    assert [one.overall.status for one in judged.insiders][1] == "not assessed"  # the server was asked for nothing
    made = {path: path.stat().st_mtime_ns for path in (run / "restricted" / "references").rglob("model.safetensors")}
    assert len(made) == 3 * 4
    again = audit.attack(run, options, workers=1)
    assert (again.attacks, again.controls, again.findings) == (judged.attacks, judged.controls, judged.findings)
    assert json.loads((run / "evidence.json").read_text())["federation"] == federation
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert "learners each trained 4 models" in " ".join(report.write([run]).read_text().split())
