"""What stands in the evidence of a model, as the page reads it."""

from dataclasses import asdict, replace

import numpy as np
import pytest

import example_federations
import example_runs
from remembrain.record.model import Evidence
from remembrain.record.numbers import array
from remembrain.report.reading import validated


def evidence(**other):
    return validated(Evidence, example_runs.content((0.6, 0.7, 0.8), 0.5, "members recognised") | other)


def test_the_blind_baseline_is_told_from_the_attacks():
    whole = evidence()
    assert [attack.name for attack in whole.tried] == [declared[0] for declared in example_runs.ATTACKS]
    assert whole.baseline.name == "blind"
    assert whole.outsider is whole.overall
    assert whole.finding(whole.tried[0]).attack == whole.tried[0].name


def test_names_of_attacks_become_titles():
    name, title, *_ = example_runs.ATTACKS[0]
    assert evidence().title_of(name) == title
    assert evidence().title_of("another") == "another"
    assert evidence().in_words(f"Best is {name}.") == f"Best is “{title}”."


def test_of_several_the_intervals_hold_for_all_at_once():
    attack = evidence().tried[0]
    assert attack.chosen() is attack
    wider = replace(attack.auc, low=0.1)
    several = {"confidence": 0.99, "auc": asdict(wider), "tpr_at_fpr": {}, "quoted_fpr": None}
    chosen = validated(type(attack), {**asdict(attack), "of_several": several}).chosen()
    assert (chosen.auc.low, chosen.auc.value) == (0.1, attack.auc.value)
    assert chosen.tpr_at_fpr == {}


def test_a_rate_is_known_where_it_was_resolved():
    attack = evidence().tried[0]
    assert attack.rate(0.1).known
    assert not attack.rate(0.001).known
    assert not attack.rate(0.5).known
    assert not attack.rate(None).known


def test_insiders_attacks_count_once_by_whom_they_serve_best():
    federation = example_federations.federation()
    assert len(evidence(federation=federation).everything) == 4
    for threat in federation["threats"]:
        for attack in threat.get("attacks", ()):
            attack["name"] = f"insider-{attack['name']}"
    names = [attack.name for attack in evidence(federation=federation).everything]
    assert names[4:] == ["insider-logistic", "insider-blind"]


def test_the_mean_brain_stands_beside_the_evidence_and_not_in_it():
    volume = np.zeros((2, 2, 2))
    whole = evidence(mean_brain="theirs").with_mean_brain(volume)
    assert whole.mean_brain is volume
    assert evidence(mean_brain="theirs", _mean_brain="theirs").mean_brain is None
    assert "mean_brain" not in asdict(whole)


def test_what_is_not_known_is_nan_in_an_array():
    assert array([1.0, None]) == pytest.approx([1.0, np.nan], nan_ok=True)
