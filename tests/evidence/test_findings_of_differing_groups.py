"""Where members and non-members are different kinds of people, nothing is called recognition, and nothing comforts."""

from __future__ import annotations

from judged import blind_of, difference, made, null_of

from remembrain.evidence.findings import Doubts, conclude
from remembrain.evidence.overall import overall

DIFFER = "members and non-members differ in age (largest for age: +0.61)"


def concluded(auc, p, p_blind, differ):
    assessments = {"a": made("a", auc=auc, p=p)}
    found = conclude(
        assessments,
        null=null_of("a"),
        blind=blind_of(),
        differences={"a": difference("a", 0.3, p_blind)},
        beyond={"a": p_blind},
        doubts=Doubts(groups=differ),
    )
    return found[0], overall(found, assessments)


def test_what_beats_the_blind_baseline_is_confounded_and_says_so_loudly():
    found, whole = concluded(0.9, 1e-9, 1e-9, DIFFER)
    assert found.status == whole.status == "confounded"
    assert "AUC 0.90 (95 % interval 0.86 to 0.94)" in found.text
    assert "better than by an attack that never sees the model" in found.text
    assert DIFFER in found.text
    assert "--match" in found.text
    assert "different kinds of people" in whole.text
    assert "better than an attack that never sees the model" in whole.text
    assert (found.p_value_adjusted, found.p_value_blind_adjusted) == (1e-9, 1e-9)


def test_without_a_difference_the_same_is_recognition():
    found, whole = concluded(0.9, 1e-9, 1e-9, "")
    assert found.status == whole.status == "members recognised"


def test_where_nothing_was_found_a_difference_changes_nothing():
    differing, alike = concluded(0.6, 0.5, 0.5, DIFFER)[0], concluded(0.6, 0.5, 0.5, "")[0]
    assert differing == alike
    assert differing.status == "not detected"


def test_what_does_not_beat_the_blind_baseline_is_confounded_by_the_difference_alone():
    assert concluded(0.6, 1e-9, 0.5, DIFFER)[0].status == "confounded"
    assert concluded(0.6, 1e-9, 0.5, "")[0].status == "not shown beyond the blind baseline"
