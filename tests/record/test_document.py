"""What every evidence has, whatever was attacked."""

from dataclasses import replace

import example_runs
from remembrain.record.attacks import Finding
from remembrain.record.model import Evidence
from remembrain.report.reading import validated

EVIDENCE = validated(Evidence, example_runs.content((0.6, 0.7, 0.8), 0.5, "members recognised"))


def test_the_finding_of_the_whole_is_told_from_those_of_attacks():
    assert EVIDENCE.overall.attack == "overall"
    assert EVIDENCE.overall.status == "members recognised"
    first = EVIDENCE.tried[0]
    assert EVIDENCE.finding(first).attack == first.name
    assert EVIDENCE.finding(replace(first, name="another")) is None


def test_the_baseline_is_no_attack_on_what_is_audited():
    assert [attack.name for attack in EVIDENCE.attacks if attack not in EVIDENCE.tried] == [EVIDENCE.baseline.name]
    assert replace(EVIDENCE, attacks=EVIDENCE.tried).baseline is None


def test_texts_call_attacks_by_their_titles():
    first, second = EVIDENCE.tried[:2]
    finding = Finding(attack="overall", status="not detected", text=f"{first.name} beats {second.name}.")
    assert EVIDENCE.in_words(finding.text) == f"“{first.title}” beats “{second.title}”."
    assert EVIDENCE.title_of("another") == "another"
