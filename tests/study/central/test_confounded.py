"""Members who are older than non-members, a network that was never trained, and an audit that is not fooled."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from made_data import write_table
from remembrain.config import AttackOptions, Config, SplitOptions, TrainOptions
from remembrain.study import audit

ATTACKS = ("error-threshold", "logistic")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run whose members are older by about seven years, and whose network's weights stay where they started."""
    folder = tmp_path_factory.mktemp("confounded")
    table = write_table(folder / "people.tsv", people=700)
    rows = pd.read_csv(table, sep="\t")
    rng = np.random.default_rng(7)
    member = rng.random(700) < 0.5 + 0.4 * np.sign(rows["age"] - rows["age"].mean()) * (rng.random(700) < 0.5)
    split = rows[["participant_id"]].assign(
        role=np.where(member, "member", "nonmember"), attacker_knows=rng.integers(2, size=700)
    )
    split.to_csv(folder / "split.tsv", sep="\t", index=False)
    config = Config(
        source=table,
        split=SplitOptions(split=folder / "split.tsv"),
        training=TrainOptions(network="mlp", epochs=1, learning_rate=1e-12),
    )
    return audit.train(config, folder / "run").path


def attacked(run, **options):
    return audit.attack(run, AttackOptions(attacks=ATTACKS, repeats=3, **options), workers=1)


def test_a_naive_attack_succeeds_and_the_audit_calls_it_confounded(run):
    found = attacked(run)
    best = max(found.attacks[:2], key=lambda one: one.auc.value)
    assert best.accuracy.low > 0.55  # what an attack that is only asked for its accuracy reports
    assert found.findings[0].status == "confounded"
    assert "members recognised" not in {one.status for one in found.findings}


def test_matched_people_show_that_the_model_is_not_the_reason(run):
    matched = attacked(run, match=True)
    assert matched.findings[0].status == "not detected"
    evidence = json.loads((run / "evidence.json").read_text())
    assert not evidence["groups"]["differ"]
    assert evidence["groups"]["matched"]["n_members"] == evidence["groups"]["matched"]["n_nonmembers"] > 40
    before = attacked(run, match=False)
    assert before.findings[0].status == "confounded"  # a matched audit leaves nothing behind for an unmatched one
    assert json.loads((run / "evidence.json").read_text())["groups"]["matched"] is None


def test_the_evidence_says_in_what_the_groups_differ(run):
    attacked(run)
    evidence = json.loads((run / "evidence.json").read_text())
    assert evidence["groups"]["differ"]
    age = evidence["groups"]["factors"][0]
    assert (age["factor"], age["differs"]) == ("age", True)
    assert age["value"] > 0.4
