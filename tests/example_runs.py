"""Run folders as an audit leaves them, with realistic numbers and no audit: one function an outcome."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

PARTICIPANT = "sub-7f3a91"
ATTACKS = (
    ("error-threshold", "Threshold on the absolute error", "outputs", ["error"], "Yeom et al. 2018 (arXiv 1709.01604)"),
    (
        "logistic",
        "Logistic regression on prediction, label and error",
        "outputs",
        ["prediction", "label", "error"],
        "Shokri et al. 2017 (arXiv 1610.05820)",
    ),
    (
        "network:gradient:output",
        "Neural network on gradient of the output layer",
        "weights",
        ["gradient:output"],
        "Gupta et al. 2021, MIDL (arXiv 2105.02866)",
    ),
)
BLIND = (
    "blind",
    "Blind baseline: age, sex, site and scan intensities, never the model",
    "nothing",
    ["covariates"],
    "Das, Zhang & Tramèr 2024 (arXiv 2406.16201)",
)
NOTHING = {"value": None, "low": None, "high": None}

Change = Callable[[dict[str, Any]], None]


def interval(value: float, half: float = 0.04) -> dict[str, Any]:
    """A share with its interval."""
    return {"value": value, "low": max(0.0, value - half), "high": min(1.0, value + half)}


def attack(declared: tuple[Any, ...], auc: float) -> dict[str, Any]:
    """One assessed attack, with the ROC of two normal distributions."""
    name, title, access, needs, paper = declared
    apart = np.sqrt(2) * stats.norm.ppf(auc)
    fpr = np.geomspace(1 / 150, 1, 30)
    too_few = "150 non-members cannot resolve a false-positive rate of 0.1 %; at least 1000 are needed"
    rate = float(stats.norm.cdf(stats.norm.ppf(0.01) + apart))
    return {
        "name": name,
        "title": title,
        "access": access,
        "knows": "some members",
        "needs": needs,
        "paper": paper,
        "n_members": 151,
        "n_nonmembers": 152,
        "repeats": 5,
        "accuracy": {**interval(0.5 + (auc - 0.5) * 0.8), "sd": 0.0137},
        "auc": interval(auc),
        "tpr_at_fpr": {
            "0.1": interval(float(stats.norm.cdf(stats.norm.ppf(0.1) + apart)), 0.1),
            "0.01": {"value": rate, "low": 0.0, "high": min(1.0, rate + 0.1234)},
            "0.001": {**NOTHING, "status": "not assessed", "why": too_few},
        },
        "quoted_fpr": 0.1,
        "p_value": 1e-9,
        "p_holm": 3e-9,
        "difference_from_blind": None
        if name == "blind"
        else {"value": auc - 0.51, "low": auc - 0.57, "high": auc - 0.45},
        "null_auc": interval(0.497, 0.06),
        "status": "assessed",
        "why": "",
        "roc": {
            "fpr": fpr.tolist(),
            "tpr": stats.norm.cdf(stats.norm.ppf(fpr) + apart).tolist(),
            "band_low": (fpr * 0.5).tolist(),
            "band_high": np.minimum(1, fpr * 2 + 0.04).tolist(),
        },
    }


def group(role: str, people: int) -> dict[str, Any]:
    """The people of one role."""
    return {
        "role": role,
        "people": people,
        "scans": people,
        "age": {"mean": 63.9, "sd": 7.1, "p5": 52.3, "p95": 75.6},
        "sex": {"F": people // 2, "M": people - people // 2},
        "site": {"A": people - 20, "others": 20},
        "age_bands": {"edges": [50, 60, 70], "counts": [10, 90, 130, 70]},
    }


def content(aucs: tuple[float, ...], blind: float, status: str) -> dict[str, Any]:
    """All of one ``evidence.json``."""
    grid = np.linspace(-15, 15, 61)
    mae = {"value": 2.5, "low": 2.31, "high": 2.71, "n": 301}
    found = [attack(declared, auc) for declared, auc in zip(ATTACKS, aucs, strict=True)]
    overall = {"attack": "overall", "status": status, "text": f"Overall it is {status}.", "why": f"why {status}"}
    each = [
        {
            "attack": one["name"],
            "status": status,
            "text": f"{one['title']} is {status}.",
            "why": "against chance p = 3e-05",
        }
        for one in found
    ]
    return {
        "schema": 2,
        "audit": {
            "command": "remembrain audit cohort runs/first",
            "created": "2026-01-02T03:04:05+00:00",
            "version": "0.1.0",
            "seed": 11,
            "confidence": 0.95,
            "alpha": 0.05,
            "repeats": 5,
            "known_members": 149,
            "known_nonmembers": 148,
            "versions": {"python": "3.11.7", "torch": "2.13.0"},
            "hashes": {"weights": "a" * 64, "split": "b" * 64, "scans": "c" * 64},
        },
        "target": {
            "name": "cnn3d",
            "form": "light",
            "origin": "trained",
            "parameters": 146305,
            "input": "volume 48 x 48 x 48 at 4 mm",
            "label": "age",
            "unit": "years",
            "preprocess": "ours",
            "age": "ours",
            "loss": "ours",
            "notes": [],
            "layers": {"gradient:output": "output.weight"},
            "recipe": {
                "optimiser": "adam",
                "learning_rate": 0.001,
                "weight_decay": 0.0,
                "batch_size": 16,
                "epochs": 20,
            },
            "mae": {
                "members": mae,
                "nonmembers": {**mae, "value": 4.3, "low": 4.01, "high": 4.66},
                "validation": None,
                "mean_predictor": {**mae, "value": 5.8, "low": 5.31, "high": 6.22},
            },
            "gap": {"value": 1.8, "low": 1.42, "high": 2.19},
            "epochs": [
                {
                    "epoch": epoch,
                    "mae_members": 6 - epoch / 6,
                    "mae_nonmembers": 6 - epoch / 12,
                    "auc": interval(0.5 + epoch / 80),
                }
                for epoch in range(1, 21)
            ],
        },
        "people": {
            "source": "BIDS folder",
            "n_people": 662,
            "n_scans": 662,
            "groups": [group("member", 300), group("nonmember", 300), group("validation", 62)],
        },
        "attacks": [*found, attack(BLIND, blind)],
        "controls": {
            "null": {"status": "holds", "why": "none of 4 attacks told the halves apart", "attacks": []},
            "blind": {"status": "holds", "why": "at chance", "attacks": [], "auc": interval(blind)},
        },
        "findings": [overall, *each],
        "curves": {
            "errors": {
                "grid": grid.tolist(),
                "members": stats.norm.pdf(grid, scale=3).tolist(),
                "nonmembers": stats.norm.pdf(grid, scale=5.4).tolist(),
            }
        },
        "not_tested": ["Attacks with reference models."],
    }


def factor(name: str, value: float, *, level: str = "", differs: bool = False) -> dict[str, Any]:
    """One way in which the groups may differ."""
    return {
        "factor": name,
        "level": level,
        "measure": "standardised mean difference",
        "value": value,
        "low": value - 0.16,
        "high": value + 0.16,
        "p_value": 1e-6 if differs else 0.4,
        "p_holm": 3e-6 if differs else 0.9,
        "n_members": 300,
        "n_nonmembers": 300,
        "differs": differs,
    }


MATCHED = {
    "on": ["age", "sex", "site"],
    "n_members": 231,
    "n_nonmembers": 231,
    "left_out_members": 69,
    "left_out_nonmembers": 68,
    "caliper": 0.71,
}


def groups(*, differ: bool = False, matched: bool = False) -> dict[str, Any]:
    """Whether members and non-members differ by themselves."""
    why = (
        "members and non-members differ in age (largest for age: +0.61)" if differ else "no difference was seen in age"
    )
    factors = [
        factor("age", 0.61 if differ else 0.02, differs=differ),
        factor("sex", -0.04, level="F"),
        factor("site", 0.03, level="A"),
    ]
    return {"differ": differ, "why": why, "factors": factors, "matched": MATCHED if matched else None}


def cell(name: str, level: str, auc: float, n: int = 43) -> dict[str, Any]:
    """The best attack in one group of people."""
    return {
        "factor": name,
        "level": level,
        "n_members": n,
        "n_nonmembers": n,
        "auc": interval(auc, 0.09),
        "recognised": interval(auc / 2, 0.12),
    }


def everything(path: Path, change: Change | None = None) -> Path:
    """Every part that evidence can have: groups, white-box gain, exposure, risk, leakage, checkpoints, self-test."""
    evidence = content((0.65, 0.82, 0.91), 0.51, "members recognised")
    evidence["people"]["groups"].append(group("population", 120))
    shadow = attack(
        ("shadow:error-threshold", "Threshold, learned on a shadow model", "outputs", ["error"], "Shokri"), 0.6
    )
    evidence["attacks"].insert(3, {**shadow, "knows": "population"})
    evidence["findings"].append(
        {"attack": "shadow:error-threshold", "status": "members recognised", "text": "Recognised.", "why": "p = 3e-05"}
    )
    evidence["attacks"][2]["difference_from_best_black_box"] = {
        "baseline": "logistic", "value": 0.09, "low": 0.05, "high": 0.13, "p": 1e-5,
    }  # fmt: skip
    evidence["shadow"] = {
        "epochs": 29,
        "mae": {
            "members": {"value": 1.07, "low": 0.97, "high": 1.18, "n": 60},
            "nonmembers": {"value": 3.51, "low": 3.31, "high": 3.72, "n": 61},
        },
    }
    evidence["groups"] = groups()
    evidence["exposure"] = {
        "attack": "network:gradient:output",
        "confidence": 0.95,
        "cells": 8,
        "fpr": 0.1,
        "smallest_cell": 10,
        "groups": [
            cell("age band", "below 55", 0.93),
            cell("age band", "55 to 60", 0.9),
            cell("age band", "60 to 70", 0.86),
            cell("age band", "70 or more", 0.95),
            cell("sex", "F", 0.9, 150),
            cell("sex", "M", 0.91, 151),
            cell("site", "A", 0.91, 240),
            cell("site", "others", 0.9, 47),
        ],
        "untold": ["scans a person"],
    }
    rows = [
        {"prior": prior, "fpr": fpr, "tpr": interval(tpr, 0.1), "posterior": interval(posterior, 0.05)}
        for prior, fpr, tpr, posterior in ((0.01, 0.1, 0.7, 0.07), (0.1, 0.1, 0.7, 0.44), (0.5, 0.1, 0.7, 0.875))
    ]
    lost = {**NOTHING, "why": "150 non-members cannot resolve a false-positive rate of 0.1 %"}
    rows.append({"prior": 0.01, "fpr": 0.001, "tpr": lost, "posterior": lost})
    evidence["posterior"] = {"attack": "network:gradient:output", "rows": rows}
    bins = [{"predicted": p, "observed": interval(p + 0.02, 0.1), "n": 60} for p in (0.1, 0.3, 0.55, 0.8, 0.93)]
    evidence["reliability"] = {"attack": "network:gradient:output", "prior": 0.5, "brier": 0.123, "bins": bins}
    evidence["target"]["leakage"] = {
        "measure": "accuracy of a threshold on the absolute error",
        "points": [{"epoch": n, "gap": 0.12 * n, "accuracy": interval(0.5 + 0.014 * n, 0.04)} for n in range(1, 21)],
        "slope": {"value": 0.117, "low": 0.098, "high": 0.136},
        "intercept": 0.5,
        "r": 0.98,
        "unit": "share a year",
        "published": [{"network": "3D-CNN", "slope": 0.12}, {"network": "2D-slice-mean", "slope": 0.16}],
    }
    evidence["target"]["checkpoints"] = [
        {
            "epoch": n,
            "gap": {"value": 0.12 * n, "low": 0.1 * n, "high": 0.14 * n},
            "attacks": [
                {
                    "name": "network:gradient:output",
                    "title": "Neural network on gradient of the output layer",
                    "access": "weights",
                    "auc": interval(0.5 + 0.018 * n),
                    "accuracy": interval(0.5 + 0.015 * n),
                }
            ],
        }
        for n in (5, 10, 15, 20)
    ]
    evidence["selftest"] = selftest()
    return write_run(path, evidence, change)


def selftest(*, passed: bool = True) -> dict[str, Any]:
    """The last self-test."""
    value = 0.047 if passed else 0.31
    line = {"name": "false alarms of a single test at 5 %", "value": value, "low": value - 0.01, "high": value + 0.01}
    return {
        "created": "2026-01-01T00:00:00+00:00",
        "version": "0.1.0",
        "seed": 0,
        "audits": 1000,
        "same_version": passed,
        "passed": passed,
        "lines": [{**line, "n": 1000, "least": 0.03, "most": 0.07, "passed": passed}],
    }


def differing(path: Path, change: Change | None = None) -> Path:
    """Members are older than non-members, and were not matched."""
    evidence = content((0.62, 0.71, 0.73), 0.72, "confounded")
    evidence["controls"]["blind"].update(status="failed", why="members and non-members differ without the model")
    evidence["groups"] = groups(differ=True)
    evidence["selftest"] = selftest(passed=False)
    return write_run(path, evidence, change)


def leaking(path: Path, change: Change | None = None) -> Path:
    """Members are recognised."""
    return write_run(path, content((0.65, 0.82, 0.91), 0.51, "members recognised"), change)


def not_detected(path: Path, change: Change | None = None) -> Path:
    """Nothing was shown."""
    return write_run(path, content((0.501, 0.513, 0.522), 0.49, "not detected"), change)


def confounded(path: Path, change: Change | None = None) -> Path:
    """The groups differ by themselves."""
    evidence = content((0.62, 0.71, 0.73), 0.72, "confounded")
    evidence["controls"]["blind"].update(status="failed", why="members and non-members differ without the model")
    return write_run(path, evidence, change)


def not_beyond_blind(path: Path, change: Change | None = None) -> Path:
    """Attacks beat chance, nothing shows that the groups differ, and people are too few to tell the two apart."""
    evidence = content((0.56, 0.57, 0.58), 0.52, "not shown beyond the blind baseline")
    for place, finding in enumerate(evidence["findings"][1:]):
        finding["people_needed"] = 1200 + place
    return write_run(path, evidence, change)


def null_failed(path: Path, change: Change | None = None) -> Path:
    """The audit itself is at fault."""
    evidence = content((0.65, 0.82, 0.91), 0.51, "not assessed")
    evidence["controls"]["null"].update(status="failed", why="told apart two groups of which neither was trained on")
    return write_run(path, evidence, change)


def too_few(path: Path, change: Change | None = None) -> Path:
    """No attack could be assessed, and every number is missing."""
    evidence = content((0.65, 0.82, 0.91), 0.51, "not assessed")
    why = "too few people: 12 members and 12 non-members a repeat, 20 of each needed"
    for one in evidence["attacks"]:
        one.update(status="not assessed", why=why, p_holm=None, difference_from_blind=None, null_auc=NOTHING, roc=None)
        one.update(auc=NOTHING, accuracy={**NOTHING, "sd": None}, tpr_at_fpr=dict.fromkeys(one["tpr_at_fpr"], NOTHING))
        one.update(quoted_fpr=None)
    evidence["controls"]["null"].update(status="not assessed", why=why)
    evidence["controls"]["blind"].update(status="not assessed", why=why, auc=NOTHING)
    evidence["target"].update(mae=dict.fromkeys(evidence["target"]["mae"]), gap=NOTHING, epochs=[])
    for one in evidence["people"]["groups"]:
        one["age"] = dict.fromkeys(one["age"])
    evidence["curves"] = {"errors": None}
    return write_run(path, evidence, change, brain=False)


def table(path: Path, change: Change | None = None) -> Path:
    """A table of regional measures, and a model that was trained elsewhere."""
    evidence = content((0.58, 0.60, 0.63), 0.5, "members recognised")
    evidence["people"]["source"] = "table"
    evidence["target"].update(name="Ridge", form="", origin="imported", recipe=None, epochs=[], age="module's")
    evidence["target"].update(input="table of 120 columns")
    return write_run(path, evidence, change, brain=False)


def feeding(status: str, *, owner: bool = False) -> dict[str, Any]:
    """Whether a model that was trained elsewhere is fed right."""
    why = {
        "proven": "the owner's own predictions of 20 people are ours within 0.2 (no difference above 0.02)",
        "not proven": "that the model is fed what it was trained on was taken on trust",
        "doubtful": "the model predicts its own members no better than a single number for all of them does",
        "refuted": "about 15 of the owner's own predictions differ from ours by more than 0.2",
    }[status]
    compared = {
        "people": 20, "scans": 20, "tolerance": 0.2, "most": 1.0, "median": 0.0051, "largest": 5.0,
        "differing": "about 15",
    }  # fmt: skip
    hints = ["predictions are off the age by about +7 for everybody"] if status in ("doubtful", "refuted") else []
    return {"status": status, "why": why, "hints": hints, "owner": compared if owner else None}


def misfed(path: Path, change: Change | None = None) -> Path:
    """A model from elsewhere whose owner gets other predictions."""
    evidence = content((0.5, 0.51, 0.52), 0.5, "not assessed")
    evidence["target"].update(name="Net", form="", origin="imported", recipe=None, epochs=[])
    evidence["target"]["feeding"] = feeding("refuted", owner=True)
    return write_run(path, evidence, change)


EVERY = {
    one.__name__: one
    for one in (
        leaking,
        not_detected,
        confounded,
        not_beyond_blind,
        null_failed,
        too_few,
        table,
        everything,
        differing,
        misfed,
    )
}


def write_run(path: Path, evidence: dict[str, Any], change: Change | None = None, *, brain: bool = True) -> Path:
    """Write a run folder, with a participant in what may not leave."""
    if change:
        change(evidence)
    (path / "restricted").mkdir(parents=True)
    (path / "figures").mkdir()
    (path / "run.json").write_text(json.dumps({"schema": 1, "command": evidence["audit"]["command"]}))
    (path / "evidence.json").write_text(json.dumps(evidence))
    (path / "restricted" / "split.tsv").write_text(f"participant_id\trole\n{PARTICIPANT}\tmember\n")
    (path / "restricted" / "hashes.json").write_text(
        json.dumps({"key": "e" * 64, "split": "b" * 64, "scans": "c" * 64})
    )
    (path / "restricted" / "scores.tsv").write_text(f"participant_id\tscore\n{PARTICIPANT}\t0.123456789\n")
    if brain:
        axes = np.meshgrid(*[np.linspace(-1.2, 1.2, 24)] * 3, indexing="ij")
        np.save(path / "figures" / "group-mean.npy", np.exp(-3 * sum(a**2 for a in axes)).astype(np.float32))
    return path
