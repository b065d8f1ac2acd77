"""Evidence of models under defences, put side by side."""

from dataclasses import replace

import pytest

import example_runs
from remembrain.audits.comparison import Trained, compare
from remembrain.record.defences import Audit, Cost, Failed, KnownAttack
from remembrain.record.model import Evidence
from remembrain.record.written import as_json
from remembrain.report.reading import validated

ATTACKS = tuple(
    KnownAttack(name=name, title=title, access=access, knows="some members")
    for name, title, access, *_ in example_runs.ATTACKS
)
MADE = Audit(command="remembrain defend", created="now", version="1", seeds=(0, 1), confidence=0.95, repeats=5)
COST = Cost(settings=3, trainings=5, text="Dear.")


def audit(auc, mae=4.3):
    content = example_runs.content((0.6, 0.7, auc), 0.5, "members recognised")
    content["target"]["mae"]["nonmembers"].update(value=mae, low=mae - 0.3, high=mae + 0.3)
    return validated(Evidence, content)


def trained(defence, strength, *audits):
    runs = {seed: f"cells/{defence}/seed-{seed}" for seed in range(len(audits))}
    return Trained(defence, strength, runs, audits)


@pytest.fixture
def compared():
    without = audit(0.9)
    without = replace(without, attacks=without.attacks[:2])
    listed = [
        trained("none", None, audit(0.9), audit(0.8)),
        trained("weight-decay", 0.1, audit(0.7, 4.6), audit(0.7, 4.4)),
        trained("rounding", 5.0, without),
    ]
    failed = [Failed(setting="rounding-5, seed 1", why="no")]
    return compare(listed, ATTACKS, MADE, COST, failed, federated=False)


def test_each_setting_is_a_row_of_means_with_where_its_runs_lie(compared):
    bare, decay, rounding = compared.settings
    assert (bare.title, bare.parameter, bare.protects, bare.strength) == ("Undefended", "", "weights", None)
    assert (decay.title, decay.protects, decay.strength) == ("Weight decay", "weights", 0.1)
    assert (decay.seeds, decay.runs) == ((0, 1), ("cells/weight-decay/seed-0", "cells/weight-decay/seed-1"))
    assert decay.mae.value == pytest.approx(4.5)
    assert bare.attacks["network:gradient:output"].auc.value == pytest.approx(0.85)
    assert set(rounding.attacks) == {"error-threshold", "logistic"}
    assert bare.finding.status == "members recognised"


def test_the_headline_is_the_best_on_the_undefended_model(compared):
    assert compared.headline.name == "network:gradient:output"
    assert [row.headline for row in compared.settings] == [compared.headline.name] * 2 + ["logistic"]
    assert [row.pareto_auc for row in compared.settings] == [True, True, False]
    assert compared.line is None  # of two settings


def test_people_target_and_what_failed_are_told(compared):
    people = compared.people
    assert (people.members, people.nonmembers, people.tested_members, people.tested_nonmembers) == (300, 300, 151, 152)
    assert (compared.target.name, compared.target.federated, compared.mean_predictor) == ("cnn3d", False, 5.8)
    assert compared.failed[0].why == "no"
    assert (compared.audit, compared.cost_of_trying) == (MADE, COST)
    assert compared.contradiction() == ""


def test_what_is_written_is_read_as_the_same(compared):
    assert validated(type(compared), as_json(compared)) == compared
