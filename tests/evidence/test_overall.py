"""What is said of a whole audit: as grave as its gravest attack, and open where one of them is."""

import pytest
from judged import blind_of, difference, made, null_of

from remembrain.evidence.assess import not_assessed
from remembrain.evidence.findings import conclude
from remembrain.evidence.overall import gravest, overall
from remembrain.record.attacks import OVERALL, Finding
from remembrain.types import GRAVITY

TOO_FEW = "not shown beyond the blind baseline"


def findings_of(**status):
    """Return findings of these statuses with the assessments they come from."""
    figures = {
        "members recognised": ({"auc": 0.8, "p": 1e-9}, (0.3, 1e-9)),
        "not shown beyond the blind baseline": ({"auc": 0.7, "p": 1e-9}, (0.0, 0.5)),
        "not detected": ({"auc": 0.5, "p": 0.5}, (0.0, 0.5)),
    }
    assessments, differences = {}, {}
    for name, wanted in status.items():
        if wanted == "not assessed":
            assessments[name] = not_assessed(name, f"{name} did not apply")
        else:
            assessments[name] = made(name, **figures[wanted][0])
            differences[name] = difference(name, *figures[wanted][1])
    beyond = {name: gap.p_value for name, gap in differences.items()}
    found = conclude(assessments, null=null_of(*status), blind=blind_of(), differences=differences, beyond=beyond)
    assert {str(finding.attack): finding.status for finding in found} == status
    return found, assessments


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"a": "members recognised", "b": TOO_FEW, "c": "not assessed"}, "members recognised"),
        ({"a": "not detected", "b": TOO_FEW, "c": "not assessed"}, TOO_FEW),
        ({"a": "not detected", "b": "not assessed"}, "not assessed"),
        ({"a": "not assessed"}, "not assessed"),
        ({}, "not assessed"),
        ({"a": "not detected", "b": "not detected"}, "not detected"),
    ],
)
def test_the_audit_is_as_grave_as_its_gravest_attack(status, expected):
    found, assessments = findings_of(**status)
    whole = overall(found, assessments)
    assert (whole.attack, whole.status) == (OVERALL, expected)
    for name, its in status.items():
        if its == "not assessed":
            assert f"Not assessed: {name}" in whole.text
    if "not detected" in status.values() and expected in ("not detected", "not assessed"):
        assert "an AUC up to 0.54" in whole.text


def test_of_several_adversaries_the_gravest_stands_for_all():
    order = ("members recognised", TOO_FEW, "confounded", "not assessed", "not detected")
    assert order == GRAVITY
    for place, status in enumerate(order):
        heard = {name: Finding(attack=OVERALL, status=name, text=f"{name}.") for name in reversed(order[place:])}
        assert gravest(heard).status == status
