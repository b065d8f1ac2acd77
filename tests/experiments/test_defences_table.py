"""The table of the study of defences, on a made-up comparison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[2] / "experiments" / "defences"


def number(value, spread=0.1):
    return {"value": value, "low": value - spread, "high": value + spread, "why": ""}


def setting(defence, strength, gap, accuracy, epsilon=None, protects="weights"):
    rate = {"value": None, "low": None, "high": None, "why": "too few people"}
    attack = {"auc": number(accuracy), "accuracy": number(accuracy), "tpr_at_fpr": {"0.01": rate}}
    return {
        "defence": defence,
        "strength": strength,
        "protects": protects,
        "epsilon": epsilon and {"value": epsilon, "delta": 1e-5, "second": None},
        "mae": number(4.0 + gap),
        "gap": number(gap),
        "headline": "logistic",
        "attacks": {"logistic": attack},
    }


@pytest.fixture
def study(tmp_path):
    found = {
        "headline": {"name": "logistic"},
        "people": {"members": 300, "nonmembers": 300},
        "audit": {"seeds": [0, 1, 2]},
        "settings": [
            setting("none", None, 3.0, 0.95),
            setting("dp-noise", 0.01, 2.0, 0.80, epsilon=12345.6),
            setting("dp-noise", 0.1, 1.0, 0.65, epsilon=123.4),
            setting("dp-noise", 1.0, 0.0, 0.50, epsilon=3.21),
            setting("rounding", 5.0, 3.0, 0.90, protects="predictions"),
        ],
    }
    (tmp_path / "comparison").mkdir()
    (tmp_path / "comparison" / "defences.json").write_text(json.dumps(found))
    return tmp_path


def test_settings_stand_beside_the_published_points_with_intervals_and_line(study, monkeypatch):
    monkeypatch.syspath_prepend(str(STUDY))
    from beside_published import write_table

    text = write_table(study).read_text()
    assert (
        "| dp-noise 0.1 | 123 | 5.00 (4.90 to 5.10) | 1.00 (0.90 to 1.10) | 0.65 (0.55 to 0.75) | not assessed |"
        in text
    )
    assert "| 3.26 | 0.42 | 56.3 |" in text
    assert "Private settings (n = 4): accuracy over gap, r = 1.000, slope 15.0 points a year (15.0 to 15.0)." in text
    assert "320" not in text
    assert "All settings that change the model (n = 4)" in text
