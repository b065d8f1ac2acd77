"""The same attacks along the number of reference models: what every further one adds, and how many were enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from jaxtyping import Bool

from remembrain.attacks import REFERENCES, learns_on_shadow
from remembrain.audits.play import play
from remembrain.audits.rounds import Round
from remembrain.audits.stack import Stack
from remembrain.audits.view import View
from remembrain.evidence.assess import Assessment, as_number, assess
from remembrain.evidence.compare import auc_difference
from remembrain.record.references import Beside, Power, PowerOf
from remembrain.types import Array, Attack, Scores

_FPR = 0.01


@dataclass(frozen=True, eq=False)
class Measured:
    """What attacks said of the people of an audit: rounds, scores of real membership, and where they are kept."""

    rounds: Sequence[Round]
    real: Mapping[str, Sequence[Scores]]
    seed: int
    folder: Path
    workers: int | None = None


@dataclass(frozen=True, eq=False)
class Gained:
    """What attacks achieve by the number of reference models, the best of them, and how many models were enough."""

    power: tuple[Power, ...]
    best: str | None
    enough: int | None
    seconds: float | None
    beside: tuple[Beside, ...]


def power_over_models(
    view: View, signals: Mapping[str, Array | Stack], attacks: Sequence[Attack], measured: Measured
) -> Gained:
    """Return AUC and true-positive rate of every reference attack by the number of models, and how many were enough.

    The same people are judged by the first 2, 4, 8, ... models (:func:`subsets`); what a step adds is a paired
    difference of the attack that does best with all of them.

    Parameters
    ----------
    view
        What is attacked.
    signals
        What the reference models say, and who was in each.
    attacks
        Those that were run.
    measured
        What they said.
    """
    real = measured.real
    chosen = [attack for attack in view.able(attacks) if REFERENCES in attack.needs and attack.name in real]
    by_number: dict[int, Mapping[str, Sequence[Scores]]] = {}
    *fewer_models, every_model = subsets(np.asarray(signals["references/inside"]))
    for number in fewer_models:
        fewer = replace(
            view,
            signals={**view.signals, **first_models(signals, number)},
            key=view.key.also(number_of_models=number),
        )
        played = play(
            fewer, chosen, measured.rounds, seed=measured.seed, folder=measured.folder, workers=measured.workers
        )
        by_number[number] = played.of("real")
    by_number[every_model] = {attack.name: real[attack.name] for attack in chosen}  # the audit itself
    assessments = {
        number: {name: assess(scores) for name, scores in scored.items()} for number, scored in by_number.items()
    }
    aucs = {name: assessment.auc.value for name, assessment in assessments[every_model].items() if assessment.auc}
    best = max(aucs, key=lambda name: aucs[name]) if aucs else None
    return Gained(
        tuple(
            Power(models=number, attacks=tuple(_power_of(name, assessment) for name, assessment in assessed.items()))
            for number, assessed in assessments.items()
        ),
        best,
        learned_all(_gains(by_number, best) if best else []),
        _seconds(real, best),
        _beside(attacks, real, best),
    )


def _gains(by_number: Mapping[int, Mapping[str, Sequence[Scores]]], best: str) -> list[tuple[int, float, float]]:
    """Return for each number of models what more of them add to the AUC, and the upper end of its interval.

    Where the attack cannot be computed with fewer models, the step to them is not known.
    """
    gains = []
    for before, after in pairwise(number for number in sorted(by_number) if best in by_number[number]):
        gain = auc_difference(by_number[after][best], by_number[before][best]).auc
        gains.append((before, gain.value, gain.high))
    return gains


def _beside(attacks: Sequence[Attack], real: Mapping[str, Sequence[Scores]], best: str | None) -> tuple[Beside, ...]:
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
        row = Beside(
            name=attack.name,
            auc=as_number(assessment.auc),
            tpr=as_number(assessment.tpr_at_fpr[_FPR]),
            behind=as_number(behind),
            seconds=_seconds(real, attack.name),
        )
        rows.append((assessment.auc.value, row))
    return tuple(row for _, row in sorted(rows, key=lambda pair: -pair[0]))


def _power_of(name: str, assessment: Assessment) -> PowerOf:
    """Return an attack's AUC and true-positive rate as they stand in the evidence."""
    return PowerOf(name=name, auc=as_number(assessment.auc), tpr=as_number(assessment.tpr_at_fpr[_FPR]))


def _seconds(real: Mapping[str, Sequence[Scores]], name: str | None) -> float | None:
    """Return how long an attack took to learn and to score, mean over repeats; asking the model is not in it."""
    took = [scores.seconds for scores in real[name] if scores.seconds is not None] if name else []
    return float(np.mean(took)) if took else None


def subsets(inside: Bool[np.ndarray, "scan model"]) -> list[int]:
    """Return numbers of models at which power is looked at: all, and of 2, 4, 8, ... those that are enough.

    Enough are so many that everybody was left out of one, and was in the training of one if that is so of all models.
    """
    models, with_everybody = inside.shape[1], bool(inside.any(axis=1).all())
    steps = [2**power for power in range(1, 12) if 2**power < models]
    return [*(number for number in steps if _enough(inside[:, :number], with_everybody=with_everybody)), models]


def _enough(inside: Bool[np.ndarray, "scan model"], *, with_everybody: bool) -> bool:
    """Tell whether everybody was left out of one of these models, and was in one of them where that is asked for."""
    return not inside.all(axis=1).any() and (not with_everybody or bool(inside.any(axis=1).all()))


def first_models(signals: Mapping[str, Array | Stack], models: int) -> dict[str, Array]:
    """Return what the first so many models say."""
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
