"""Folders of a comparison of defences, with realistic numbers and no training: one function a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from example_runs import NOTHING, Change, interval

ATTACKS = (
    ("error-threshold", "Threshold on the absolute error", "outputs"),
    ("logistic", "Logistic regression on prediction, label and error", "outputs"),
    ("network:gradient:output", "Neural network on gradient of the output layer", "weights"),
)
HEADLINE, OUTPUTS_ONLY = "network:gradient:output", "logistic"
DEFENCES = {
    "none": ("Undefended", "", "weights", [None]),
    "dp-noise": ("Differential privacy, by noise", "noise multiplier", "weights", [0.3, 0.5, 1.0, 2.0]),
    "clipping": ("Clipped gradients, no noise", "clipping norm", "weights", [1.0]),
    "early-stopping": ("Early stopping", "epochs", "weights", [5, 10, 15]),
    "weight-decay": ("Weight decay", "weight decay", "weights", [0.001, 0.01]),
    "label-noise": ("Noise on the ages trained on", "standard deviation, years", "weights", [3]),
    "pruning": ("Pruned network", "share of weights set to zero", "weights", [0.7]),
    "rounding": ("Rounded predictions", "step, years", "predictions", [1, 5]),
    "noisy-predictions": ("Noise on predictions", "standard deviation, years", "predictions", [2]),
}
PLACES = {
    "none": [(2.95, 1.9)],
    "dp-noise": [(3.3, 0.9), (3.75, 0.45), (4.7, 0.12), (5.5, 0.02)],
    "clipping": [(3.02, 1.6)],
    "early-stopping": [(3.9, 0.2), (3.2, 0.8), (3.0, 1.4)],
    "weight-decay": [(2.93, 1.8), (3.05, 1.2)],
    "label-noise": [(3.2, 1.1)],
    "pruning": [(3.1, 1.65)],
    "rounding": [(2.96, 1.85), (3.2, 1.5)],
    "noisy-predictions": [(3.4, 1.35)],
}
EPSILONS = (118.0, 31.0, 7.9, 2.4)
TOO_FEW = "150 non-members cannot resolve a false-positive rate of 0.1 %; at least 1000 are needed"


def number(value: float, half: float) -> dict[str, Any]:
    """A number of years with its interval."""
    return {"value": value, "low": value - half, "high": value + half, "why": ""}


def achieved(auc: float) -> dict[str, Any]:
    """What an attack achieves of one setting."""
    return {
        "auc": interval(auc),
        "accuracy": interval(0.5 + (auc - 0.5) * 0.8),
        "tpr_at_fpr": {
            "0.1": interval(0.1 + (auc - 0.5), 0.08),
            "0.01": interval(0.01 + (auc - 0.5) ** 2 * 1.5, 0.03),
            "0.001": {**NOTHING, "why": TOO_FEW},
        },
        "status": "assessed",
        "why": "",
    }


def setting(defence: str, place: int) -> dict[str, Any]:
    """One setting; how much is given away goes with its gap."""
    title, parameter, protects, strengths = DEFENCES[defence]
    mae, gap = PLACES[defence][place]
    auc = 0.5 + 0.19 * gap + (0.01 if place % 2 else -0.008)
    headline = HEADLINE if protects == "weights" else OUTPUTS_ONLY
    attacks = {"error-threshold": achieved(0.5 + 0.13 * gap), "logistic": achieved(0.5 + 0.15 * gap)}
    if protects == "weights":
        attacks[HEADLINE] = achieved(auc)
    status = "members recognised" if attacks[headline]["auc"]["low"] > 0.5 else "not detected"
    spent = (
        {"value": EPSILONS[place], "delta": 1e-5, "second": 0.92 * EPSILONS[place]} if defence == "dp-noise" else None
    )
    measured = {"value": (1.4, 0.6, 0.1, 0.0)[place], "estimator": "gaussian-dp", "confidence": 0.95}
    return {
        "defence": defence,
        "title": title,
        "parameter": parameter,
        "strength": strengths[place],
        "paper": "" if defence == "none" else "Abadi et al. 2016 (arXiv 1607.00133)",
        "protects": protects,
        "seeds": [0, 1, 2],
        "epsilon": spent,
        "mae_members": number(mae - gap, 0.13),
        "mae": number(mae, 0.21),
        "gap": number(gap, 0.24),
        "attacks": attacks,
        "headline": headline,
        "lower_bound": measured if spent else None,
        "finding": {"status": status, "text": f"{title}: AUC {attacks[headline]['auc']['value']:.2f}, {status}."},
        "runs": [f"cells/{defence}-{strengths[place]}-seed-{seed}" for seed in range(3)],
    }


def front(points: list[tuple[float, float]]) -> list[bool]:
    """Whether no other point is at most as far in both and less far in one."""
    return [not any(a <= x and b <= y and (a, b) != (x, y) for a, b in points) for x, y in points]


def content() -> dict[str, Any]:
    """All of one ``defences.json``."""
    settings = [setting(name, place) for name in DEFENCES for place in range(len(DEFENCES[name][3]))]
    for key in ("pareto_auc", "pareto_tpr"):
        told = [one["attacks"][one["headline"]] for one in settings]
        leaks = [one["auc"] if key == "pareto_auc" else one["tpr_at_fpr"]["0.01"] for one in told]
        points = [(one["mae"]["value"], leak["value"]) for one, leak in zip(settings, leaks, strict=True)]
        for one, is_there in zip(settings, front(points), strict=True):
            one[key] = is_there
    return {
        "schema": 2,
        "kind": "defences",
        "audit": {
            "command": "remembrain defend cohort runs/defences --grid grid.toml",
            "created": "2026-01-02T03:04:05+00:00",
            "version": "0.1.0",
            "seeds": [0, 1, 2],
            "confidence": 0.95,
            "repeats": 3,
            "versions": {"python": "3.11.7", "torch": "2.13.0"},
        },
        "target": {"name": "slice-mean", "form": "light", "label": "age", "unit": "years", "federated": False},
        "people": {
            "members": 400,
            "nonmembers": 400,
            "tested_members": 200,
            "tested_nonmembers": 201,
            "source": "BIDS folder",
        },
        "headline": {
            "name": HEADLINE,
            "title": "Neural network on gradient of the output layer",
            "access": "weights",
            "knows": "some members",
            "why": "greatest mean AUC of all attacks on the undefended model",
        },
        "attacks": [
            {"name": name, "title": title, "access": access, "knows": "some members"} for name, title, access in ATTACKS
        ],
        "mean_predictor": 5.6,
        "settings": settings,
        "line": {
            "attack": HEADLINE,
            "slope": {"value": 0.152, "low": 0.146, "high": 0.158},
            "intercept": 0.5,
            "r": 0.97,
            "n": 13,
        },
        "published": {
            "slopes": [{"network": "3D-CNN", "slope": 0.12}, {"network": "2D-slice-mean", "slope": 0.16}],
            "network": "2D-slice-mean",
            "points": [
                {"mae": mae, "accuracy": accuracy, "gap": gap}
                for mae, accuracy, gap in (
                    (2.92, 0.804, 1.88),
                    (2.96, 0.757, 1.53),
                    (3.11, 0.638, 0.79),
                    (3.26, 0.563, 0.42),
                    (3.64, 0.526, 0.17),
                    (4.31, 0.511, 0.02),
                )
            ],
        },
        "cost_of_trying": {
            "settings": len(settings),
            "trainings": 3 * len(settings),
            "private": 12,
            "epsilon": 351.2,
            "text": "48 trainings saw the members. Epsilons add up; choosing by what members show is in none of them.",
        },
        "head": [
            {
                "question": "What was tried",
                "answer": "Nine defences in 16 settings, each trained with seeds 0, 1 and 2.",
            },
            {"question": "What it costs", "answer": "To halve what is given away costs 0.4 years of error."},
        ],
        "failed": [],
    }


def write_folder(path: Path, found: dict[str, Any], change: Change | None) -> Path:
    """Write the folder."""
    if change:
        change(found)
    path.mkdir(parents=True)
    (path / "run.json").write_text('{"schema": 1}')
    (path / "defences.json").write_text(json.dumps(found))
    return path


def compared(path: Path, change: Change | None = None) -> Path:
    """Nine defences, everything assessed."""
    return write_folder(path, content(), change)


def few(path: Path, change: Change | None = None) -> Path:
    """Two settings without noise: no epsilon, no line, nothing published, a rate that was not assessed."""
    found = content()
    found.update(settings=[found["settings"][0], found["settings"][6]], line=None, published=None, mean_predictor=None)
    for one in found["settings"]:
        one["attacks"][HEADLINE]["tpr_at_fpr"] = {"0.01": {**NOTHING, "why": "80 non-members cannot resolve 1 %"}}
    for one in found["settings"]:
        one.update(pareto_auc=True, pareto_tpr=False)
    found["failed"] = [{"setting": "dp=1", "why": "epsilon 1 is out of reach for 500 steps"}]
    return write_folder(path, found, change)


def nothing_assessed(path: Path, change: Change | None = None) -> Path:
    """No figure is known."""
    found = content()
    why = "too few people: 12 members and 12 non-members a repeat, 20 of each needed"
    for one in found["settings"]:
        one.update(mae_members=NOTHING, mae=NOTHING, gap=NOTHING, lower_bound=None, pareto_auc=False, pareto_tpr=False)
        one["finding"] = {"status": "not assessed", "text": f"Not assessed: {why}."}
        for name in one["attacks"]:
            one["attacks"][name] = {"auc": NOTHING, "accuracy": NOTHING, "tpr_at_fpr": {}, "status": "not assessed"}
            one["attacks"][name]["why"] = why
    found["line"] = None
    return write_folder(path, found, change)


def overspent(path: Path, change: Change | None = None) -> Path:
    """More was measured than the accountants say."""
    found = content()
    found["settings"][4]["lower_bound"]["value"] = 3.3
    return write_folder(path, found, change)


EVERY = {one.__name__: one for one in (compared, few, nothing_assessed, overspent)}
