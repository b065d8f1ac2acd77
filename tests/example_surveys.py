"""Run folders as an audit of published tables leaves them, with realistic numbers and no audit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from example_runs import NOTHING, Change, attack, cell, interval, selftest

ATTACKS = (
    ("inner-product", "Inner product", "published tables", ["answers"], "Homer et al. 2008, PLoS Genet. 4:e1000167"),
    ("learned", "Logistic regression over tables", "published tables", ["answers"], "this program"),
)
BLIND = ("blind", "Blind baseline: answers alone, never a table", "nothing", ["answers"], "Das et al. 2024")


def point(value: float, auc: float, *, loss: float = 0.0, why: str = "") -> dict[str, Any]:
    """One value of a knob."""
    numbers = {name: interval(auc) for name in ("inner-product", "correlation-aware")}
    rate = {name: interval(auc - 0.5, 0.01) for name in ("inner-product", "correlation-aware")}
    counts: dict[str, Any] = {"n": 300.0, "n_members": 250, "n_nonmembers": 100}
    counts |= {"loss": loss, "suppressed": 0.1, "changed": float(loss > 0), "cells": 30.0}
    return {
        "value": value,
        "why": why,
        "auc": numbers,
        "rate": rate,
        "closed_form": auc - 0.02,
        "whitened": auc - 0.01,
        **counts,
    }


def target() -> dict[str, Any]:
    """What was published, of whom, and what the adversary knows."""
    return {
        "name": "answers.csv",
        "people": 500,
        "group": 500,
        "audited_group": 300,
        "given": False,
        "tables": [
            {"name": "margin-q0", "kind": "margin", "cells": 3, "suppressed": 0},
            {"name": "margin-q1", "kind": "margin", "cells": 3, "suppressed": 1},
            {"name": "crosstab-q0-q1", "kind": "crosstab", "cells": 9, "suppressed": 2},
        ],
        "cells": 15,
        "suppressed": 3,
        "weights": "w",
        "effective": 412.0,
        "protection": {
            "round_to": 5,
            "suppress_below": 3,
            "complementary": True,
            "noise_epsilon": None,
            "noise": "laplace",
            "noise_delta": 1e-6,
            "sample": 1.0,
        },
        "adversary": {
            "known": 1.0,
            "known_columns": [],
            "answer_error": 0.05,
            "reference_size": None,
            "reference_tilt": 0.0,
            "knows_n": True,
            "knows_weight": False,
        },
        "reference": 100,
        "reference_file": False,
        "n_taken": 300.0,
        "tested_members": 250,
        "tested_others": 100,
    }


def sweeps() -> list[dict[str, Any]]:
    """A knob of knowledge, of which one value could not be tried, and one of protection."""
    known = [point(0.5, 0.62), point(1.0, 0.7), point(2.0, 0.7, why="more than all")]
    rounding = [point(0.0, 0.7), point(10.0, 0.58, loss=0.02)]
    return [
        {"name": "known", "title": "Answers known", "unit": "share of all", "protects": False, "points": known},
        {"name": "round_to", "title": "Rounding", "unit": "people", "protects": True, "points": rounding},
    ]


def content(status: str, aucs: tuple[float, float] = (0.68, 0.74)) -> dict[str, Any]:
    """All of one ``evidence.json``."""
    attacks = [attack(declared, auc) for declared, auc in zip(ATTACKS, aucs, strict=True)]
    finding = {"status": status, "text": f"It is {status}.", "why": "against chance p = 3e-05"}
    level = {"value": 10.0, "attack": "inner-product", "auc": interval(0.58, 0.01), "loss": 0.02, "suppressed": 0.1}
    counts = {"n": 300.0, "n_members": 250, "n_nonmembers": 100}
    enough = {**level, **counts, "rate": interval(0.02, 0.01), "recognised": 6.0}
    unprotected = {**enough, "value": 0.0, "auc": interval(0.7), "rate": interval(0.2, 0.05), "recognised": 60.0}
    row = {"prior": 0.5, "fpr": 0.1, "tpr": interval(0.4), "posterior": interval(0.8)}
    return {
        "schema": 2,
        "kind": "survey",
        "audit": {
            "command": "remembrain survey audit answers.csv run --release release.toml",
            "created": "2026-01-02T03:04:05+00:00",
            "version": "0.1.0",
            "seed": 11,
            "confidence": 0.95,
            "alpha": 0.05,
            "repeats": 5,
            "versions": {"python": "3.11.7"},
            "hashes": {"answers": "a" * 64},
        },
        "target": target(),
        "attacks": [*attacks, attack(BLIND, 0.5)],
        "controls": {
            "null": {"status": "holds", "why": "its interval holds 0.5"},
            "blind": {"status": "holds", "why": "its interval holds 0.5", "auc": interval(0.5)},
        },
        "findings": [{"attack": name, **finding} for name in ("overall", *(one["name"] for one in attacks))],
        "exposure": {
            "attack": "learned",
            "confidence": 0.95,
            "cells": 2,
            "fpr": 0.1,
            "smallest_cell": 10,
            "groups": [cell("q0", "a", 0.7), cell("q0", "b", 0.6)],
        },
        "posterior": {"attack": "learned", "rows": [row, {**row, "posterior": {**NOTHING, "why": "too few"}}]},
        "reliability": {
            "attack": "learned",
            "brier": 0.2,
            "bins": [{"predicted": 0.4, "observed": interval(0.42), "n": 60}],
        },
        "contributions": {
            "attack": "inner-product",
            "rows": [
                {"part": "margin-q1", "alone": interval(0.6), "added": interval(0.03, 0.01)},
                {"part": "margin-q0", "alone": interval(0.52), "added": interval(0.01, 0.02)},
            ],
        },
        "sweeps": sweeps(),
        "realism": [{"words": words, **point(0.0, auc)} for words, auc in (("all known", 0.7), ("half known", 0.6))],
        "worlds": 4,
        "advice": {
            "auc_below": 0.6,
            "rate_below": 0.05,
            "needed": "yes",
            "published": unprotected,
            "rows": [{"name": "round_to", "title": "Rounding", "tried": [10.0], "enough": enough, "strongest": enough}],
        },
        "not_tested": ["tables of other years"],
        "selftest": selftest(),
    }


def write_survey(path: Path, evidence: dict[str, Any], change: Change | None = None) -> Path:
    """Write a run folder."""
    if change:
        change(evidence)
    path.mkdir(parents=True)
    (path / "run.json").write_text('{"schema": 1}')
    (path / "evidence.json").write_text(json.dumps(evidence))
    return path


def recognised(path: Path, change: Change | None = None) -> Path:
    """Those who took part are recognised."""
    return write_survey(path, content("members recognised"), change)


def quiet(path: Path, change: Change | None = None) -> Path:
    """Nothing was found, and nothing beside the attacks was looked at."""
    evidence = content("not detected", (0.52, 0.53))
    evidence.update(exposure=None, posterior=None, reliability=None, contributions=None, selftest=None, advice=None)
    evidence.update(sweeps=[], realism=[], not_tested=[])
    evidence["target"].update(weights=None, given=True)
    return write_survey(path, evidence, change)


EVERY = {f"survey {one.__name__}": one for one in (recognised, quiet)}
