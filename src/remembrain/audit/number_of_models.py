"""The same attacks along the number of reference models: what every further one adds, and how many were enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from remembrain.attacks import REFERENCES, learns_on_shadow
from remembrain.audit.play import play
from remembrain.audit.rounds import Round
from remembrain.audit.stack import Stack
from remembrain.audit.view import View
from remembrain.evidence.assess import Assessment, assess, interval_json
from remembrain.evidence.compare import auc_difference
from remembrain.types import Array, Attack, Scores


def power_over_models(
    view: View,
    references: View,
    attacks: Sequence[Attack],
    rounds: Sequence[Round],
    real: Mapping[str, Sequence[Scores]],
    *,
    seed: int,
    folder: Path,
    workers: int | None = None,
) -> dict[str, Any]:
    """Return AUC and true-positive rate of every reference attack by the number of models, and how many were enough.

    The same people are judged by the first 2, 4, 8, ... models; what a step adds is a paired difference of the attack
    that does best with all of them.
    """
    chosen = [attack for attack in view.able(attacks) if REFERENCES in attack.needs and attack.name in real]
    by_number: dict[int, Mapping[str, Sequence[Scores]]] = {}
    numbers = subsets(references.facts["models"])
    for number in numbers[:-1]:
        signals = {**view.signals, **first_models(references.signals, number)}
        fewer = replace(view, signals=signals, key=view.key.also(number_of_models=number))
        by_number[number] = play(fewer, chosen, rounds, seed=seed, folder=folder, workers=workers).of("real")
    by_number[numbers[-1]] = {attack.name: real[attack.name] for attack in chosen}  # all of them: the audit itself
    rows, assessments = [], {}
    for number, scored in by_number.items():
        assessments[number] = {name: assess(scores) for name, scores in scored.items()}
        rows.append(
            {
                "models": number,
                "attacks": [_figures_of(name, assessment) for name, assessment in assessments[number].items()],
            }
        )
    with_all = assessments[numbers[-1]]
    aucs = {name: assessment.auc.value for name, assessment in with_all.items() if assessment.auc}
    best = max(aucs, key=lambda name: aucs[name]) if aucs else None
    gains = []
    if best:  # where it cannot be computed with fewer models, the step to them is not known
        steps = [number for number in sorted(by_number) if best in by_number[number]]
        for before, after in pairwise(steps):
            gain = auc_difference(by_number[after][best], by_number[before][best]).auc
            gains.append((before, gain.value, gain.high))
    return {
        "power": rows,
        "best": best,
        "enough": learned_all(gains),
        "seconds": _seconds(real, best),
        "beside": _beside(attacks, real, best),
    }


def _beside(attacks: Sequence[Attack], real: Mapping[str, Sequence[Scores]], best: str | None) -> list[dict[str, Any]]:
    """Return each attack that trains no model, the best first: what it achieves and costs, and how much more
    the best attack with reference models does on the same people.
    """
    rows = []
    for attack in attacks:
        if REFERENCES in attack.needs or learns_on_shadow(attack) or attack.name not in real:
            continue
        assessment = assess(real[attack.name])
        if assessment.auc is None:
            continue
        behind = auc_difference(real[best], real[attack.name], either_way=False).auc if best else None
        row = {
            **_figures_of(attack.name, assessment),
            "behind": interval_json(behind),
            "seconds": _seconds(real, attack.name),
        }
        rows.append((assessment.auc.value, row))
    return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def _figures_of(name: str, assessment: Assessment) -> dict[str, Any]:
    """Return an attack's AUC and true-positive rate as they stand in the evidence."""
    return {
        "name": name,
        "auc": interval_json(assessment.auc),
        "tpr": interval_json(assessment.tpr_at_fpr[0.01]),
    }


def _seconds(real: Mapping[str, Sequence[Scores]], name: str | None) -> float | None:
    """Return how long an attack took to learn and to score, mean over repeats; asking the model is not in it."""
    took = [scores.seconds for scores in real[name] if scores.seconds is not None] if name else []
    return float(np.mean(took)) if took else None


def subsets(models: int) -> list[int]:
    """Return numbers of models at which power is looked at: 2, 4, 8, ... and all."""
    steps = [2**power for power in range(1, 12) if 2**power < models]
    return [*steps, models]


def first_models(signals: Mapping[str, Array | Stack], models: int) -> dict[str, Array]:
    """Return what the first so many models say, which are whole pairs."""
    of_models = ("references/error", "references/inside")
    return {name: np.asarray(signals[name])[:, :models] for name in of_models}


def learned_all(gains: Sequence[tuple[int, float, float]], *, least: float = 0.005) -> int | None:
    """Return the smallest number of models after which nothing more is learned, or nothing where that is not reached.

    ``gains`` has for each further number of models what it added to the AUC, and the upper end of its interval; from
    some number on, every gain has to be shown to be below ``least``. The gains are tested in a fixed sequence, from the
    last backwards until one is not shown: a number that is too small is said with no more than one interval's error.
    """
    enough = None
    for number, _, high in reversed(gains):
        if high >= least:
            break
        enough = number
    return enough
