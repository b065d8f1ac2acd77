"""What stands in the evidence of a model, as the page reads it."""

from dataclasses import asdict

import numpy as np

import example_federations
import example_runs
from remembrain.record.model import Evidence
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
