"""An attacker who knows no member: learns on a shadow model of people whom the target never saw."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from made_data import write_table
from private_files import open_to_others
from remembrain.config import AttackOptions, Config, SplitOptions, TrainOptions
from remembrain.study import audit

NAMES = ("error-threshold", "shadow:error-threshold", "shadow:logistic")


def config_of(table, **split):
    return Config(source=table, split=SplitOptions(**split), training=TrainOptions(network="mlp", epochs=40))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A network that learned its members by heart, and a population of 120 others."""
    folder = tmp_path_factory.mktemp("shadow")
    table = write_table(folder / "people.tsv", people=420)
    path = audit.train(config_of(table, members=150, nonmembers=150, validation=0, population=120), folder / "run").path
    audit.attack(path, AttackOptions(attacks=NAMES, repeats=2), workers=1)
    return path


def test_nobody_but_the_owner_reads_what_a_run_leaves(run):
    assert open_to_others(run) == []


def evidence(run):
    return json.loads((run / "evidence.json").read_text())


def test_members_are_recognised_by_who_knows_none(run):
    found = {one["name"]: one for one in evidence(run)["attacks"]}
    for name in NAMES[1:]:
        assert found[name]["knows"] == "population"
        assert found[name]["auc"]["low"] > 0.6
    assert found["shadow:error-threshold"]["auc"]["value"] == pytest.approx(found["error-threshold"]["auc"]["value"])


def test_the_shadow_takes_as_many_steps_as_the_target_and_its_errors_are_told(run):
    shadow = evidence(run)["shadow"]
    assert shadow["epochs"] == round(40 * 5 / 2)  # batches of 32: five of 150 people, two of 60
    assert shadow["mae"]["members"]["n"] == shadow["mae"]["nonmembers"]["n"] == 60
    assert shadow["mae"]["members"]["value"] < shadow["mae"]["nonmembers"]["value"]
    assert shadow["mae"]["members"]["low"] < shadow["mae"]["members"]["value"] < shadow["mae"]["members"]["high"]


def test_the_shadow_s_people_are_neither_trained_on_nor_tested_nor_asked_of_the_target(run):
    split = pd.read_csv(run / "restricted" / "split.tsv", sep="\t")
    others = set(split.participant_id[split.role == "population"])
    assert len(others) == 120
    scores = pd.read_csv(run / "restricted" / "scores.tsv", sep="\t")
    assert not others & set(scores.participant_id)
    (asked,) = (run / "restricted" / "signals").glob("prediction.*.npy")
    assert len(np.load(asked)) == 300


def test_a_rerun_trains_no_shadow_and_another_recipe_is_refused_or_trained_anew(run):
    weights = run / "restricted" / "shadow" / "model.safetensors"
    before = weights.read_bytes()
    scores = (run / "restricted" / "scores.tsv").read_bytes()
    audit.attack(run, AttackOptions(attacks=NAMES, repeats=2), workers=2)
    assert weights.read_bytes() == before
    assert (run / "restricted" / "scores.tsv").read_bytes() == scores


def test_without_a_population_it_is_left_out_and_said(tmp_path):
    table = write_table(tmp_path / "people.tsv", people=200)
    path = audit.train(config_of(table, members=80, nonmembers=80, validation=0, population=10), tmp_path / "run").path
    audit.attack(path, AttackOptions(access="outputs", repeats=1), workers=1)
    found = evidence(path)
    assert not [one for one in found["attacks"] if one["name"].startswith("shadow:")]
    assert any("knows no member: a shadow model needs at least 40 people" in line for line in found["not_tested"])
    audit.attack(path, AttackOptions(attacks=("error-threshold", "shadow:error-threshold"), repeats=1), workers=1)
    asked = next(one for one in evidence(path)["attacks"] if one["name"] == "shadow:error-threshold")
    assert asked["status"] == "not assessed"
    assert "a shadow model needs at least 40 people" in asked["why"]
