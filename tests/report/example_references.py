"""Reference models, as an audit leaves them in the evidence of its model."""

from __future__ import annotations

from typing import Any

from example_runs import interval as number


def add(evidence: dict[str, Any]) -> None:
    """Two numbers of models, an attack with them and one without."""
    power = [
        {"models": models, "attacks": [{"name": "logistic", "auc": number(auc), "tpr": number(auc - 0.5)}]}
        for models, auc in ((8, 0.7), (16, 0.74))
    ]
    beside = {"name": "logistic", "auc": number(0.66), "tpr": number(0.1), "behind": number(0.08), "seconds": 0.2}
    error = {
        "target": {"value": 2.5, "low": 2.46, "high": 2.54},
        "references": 2.6,
        "difference": -0.1,
        "low": -0.3,
        "high": 0.1,
        "p_value": 0.4,
    }
    evidence["references"] = {
        "models": 16,
        "queries": ["as it is", "mirrored"],
        "epochs": 30,
        "people": 300,
        "core_minutes": 12.5,
        "errors": {"others": error, "members": {**error, "p_value": None}},
        "resembles": True,
        "power": power,
        "best": "logistic",
        "enough": 8,
        "seconds": 1.5,
        "beside": [beside],
    }
