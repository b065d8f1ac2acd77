"""Run folders with a formal guarantee, or a claim of one: one function a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import example_runs
from example_runs import Change


def bound(value: float | None = 0.8, *, canaries: bool = False, title: str = "Gaussian differential privacy") -> Any:
    """One measured lower bound."""
    return {
        "estimator": "gaussian-dp",
        "title": title,
        "source": "canaries" if canaries else "error-threshold",
        "source_title": "Canaries with shifted ages" if canaries else "Threshold on the absolute error",
        "value": value,
        "delta": 1e-5,
        "confidence": 0.9958,
        "n_members": 104 if canaries else 210,
        "n_nonmembers": 96 if canaries else 210,
        "tried": 5,
        "assumption": "the trade-off of what the model gives away is that of two Gaussian distributions",
        "paper": "Nasr et al. 2023 (arXiv 2302.07956)",
    }


def training(**other: Any) -> Any:
    """A training under differential privacy, its noise from the audit's seed."""
    return {
        "epsilon": 2.98,
        "delta": 1e-5,
        "accountant": "Opacus 1.6, Rényi",
        "second_epsilon": 2.71,
        "second_accountant": "dp-accounting 0.6, privacy loss distributions",
        "unit": "person",
        "people": 400,
        "most_scans": 2,
        "neighbours": "Two sets of people are neighbours where one has a person more, with all scans of that person.",
        "sampling": "Each person is in a step by an independent draw (Poisson sampling), as the accountants assume.",
        "noise_multiplier": 1.1,
        "clip": 1.0,
        "sample_rate": 0.04,
        "steps": 500,
        "secure_noise": False,
        "mean_age": {"noise_multiplier": 10.0, "low": 0, "high": 100},
        "not_covered": [
            "the errors of members that this report prints, which are computed without noise",
            "the choice of settings, where it was made by looking at members",
            "arithmetic in floating point, which differs from that of the proof",
        ],
        "clip_check": {"people": 400, "largest": 1.0, "bound": 1.0},
        "learners": [],
        "by_epoch": [{"epoch": n, "epsilon": 2.98 * (n / 20) ** 0.5} for n in range(1, 21)],
        **other,
    }


def privacy(status: str = "not contradicted", **other: Any) -> Any:
    """All of the key ``privacy``: claimed 3, measured 0.8."""
    at_least = {"contradicted": 4.1}.get(status, 0.8)
    return {
        "training": training(),
        "claim": {"by": "training", "epsilon": 3.0, "delta": 1e-5},
        "bounds": [
            bound(at_least, canaries=True),
            bound(0.31, title="Clopper-Pearson, one threshold"),
            bound(0.0, title="One run, Steinke et al."),
        ],
        "canaries": {"people": 200, "included": 104, "shift": 10.0},
        "verdict": {
            "status": status,
            "text": f"claimed 3; at 95 % confidence at least {at_least}; {status}",
            "why": "",
        },
        **other,
    }


def _write(path: Path, content: Any, change: Change | None, status: str = "not detected") -> Path:
    """Write a run folder with this guarantee."""
    aucs = (0.65, 0.82, 0.91) if status == "members recognised" else (0.501, 0.513, 0.522)
    evidence = example_runs.content(aucs, 0.5, status)
    evidence["privacy"] = content
    return example_runs.write_run(path, evidence, change)


def seeded(path: Path, change: Change | None = None) -> Path:
    """Noise from the seed that the report prints."""
    return _write(path, privacy(), change)


def secure(path: Path, change: Change | None = None) -> Path:
    """Noise that nobody can repeat; not contradicted."""
    return _write(path, privacy(training=training(secure_noise=True)), change)


def contradicted(path: Path, change: Change | None = None) -> Path:
    """A measured bound above the claim of a model's owner."""
    claim = {"by": "owner", "epsilon": 3.0, "delta": 1e-5}
    content = privacy("contradicted", training=None, claim=claim, canaries=None, bounds=[bound(4.1), bound(0.31)])
    return _write(path, content, change, "members recognised")


def clipped(path: Path, change: Change | None = None) -> Path:
    """Clipping without noise: no guarantee, whatever was measured."""
    quiet = training(epsilon=None, second_epsilon=None, noise_multiplier=0.0, by_epoch=[], mean_age=None)
    verdict = {"status": "not assessed", "text": "nothing is claimed; at 95 % confidence at least 0.8", "why": ""}
    return _write(path, privacy(training=quiet, claim=None, canaries=None, verdict=verdict), change)


def federated(path: Path, change: Change | None = None) -> Path:
    """Every learner spends for its own people."""
    learners = [
        training(
            name=f"learner-{n}",
            epsilon=2.98 / n**0.5,
            second_epsilon=2.71 / n**0.5,
            people=200 * n,
            sample_rate=0.08 / n,
            steps=250 * n,
        )
        for n in (1, 2, 3)
    ]
    return _write(path, privacy(training=training(learners=learners, secure_noise=True)), change)


EVERY = {one.__name__: one for one in (seeded, secure, contradicted, clipped, federated)}
