"""The attacker who trains many models like the target: whether these resemble it, and what every further one adds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Bool
from scipy import stats

from remembrain._ray import HERE
from remembrain.attacks import REFERENCES
from remembrain.attacks.shadow import ShadowAttack
from remembrain.audit.play import real_rounds, run_attacks
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions
from remembrain.errors import DataError, UsageError
from remembrain.evidence import disclosure
from remembrain.evidence.assess import assess, interval_json
from remembrain.evidence.compare import auc_difference
from remembrain.evidence.errors_of_years import mean_absolute
from remembrain.references.ensemble import PAIRS, train_references
from remembrain.references.shadow import Architecture
from remembrain.run import Key, RunFolder
from remembrain.run.streams import own_seed
from remembrain.signals.queries import Queried, front_of, queries_for
from remembrain.study.central.asking import key_of
from remembrain.study.central.shadowing import NO_RECIPE, told_of_stranger, with_same_noise
from remembrain.targets.learning import predict
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.types import Array, Attack, Scores

LEVEL = 0.01
ALIKE = 0.25
"""Share of the error on others by which a target may err otherwise and still be called like its reference models."""


@dataclass(frozen=True, eq=False)
class Referenced:
    """Signals ``references/...`` of every audited scan, the key of what they depend on, and what the report says."""

    signals: Mapping[str, Array]
    facts: dict[str, Any]
    key: Key

    def doubts(self, attacks: Sequence[Attack]) -> dict[str, str]:
        """Return why these attacks, where they find nothing, are no evidence: the models are not like the target."""
        if self.facts["resembles"]:
            return {}
        why = (
            "too few reference models to show that they are like the target"
            if self.facts["resembles"] is None
            else "the reference models do not err like the target, so these attacks are weaker than they should be"
        )
        return {one.name: why for one in attacks if REFERENCES in one.needs}


def refer(
    run: RunFolder,
    target: Target,
    recipe: Recipe | None,
    material: Material,
    *,
    models: int,
    queries: int,
    seed: int,
    workers: int | None = None,
    cluster: str | None = None,
) -> Referenced | str:
    """Train reference models on halves of the audited people, or say why there can be none.

    Parameters
    ----------
    run
        Keeps the models in ``restricted/references``.
    target, recipe
        What they are made like; without a recipe the target was trained elsewhere.
    material
        The people who are audited: whoever attacks could have any of them.
    models, queries
        How many models, and ways to show each scan.
    seed
        Of the audit.
    workers, cluster
        Processes, one a core when left out; or the address of the Ray cluster that trains them.
    """
    if recipe is None:
        return f"reference models need {NO_RECIPE}"
    scans, member = material.scans, material.split.role == "member"
    try:
        shown = queries_for(front_of(material.inputs), queries)
        half = len(scans) // 2
        made = with_same_noise(recipe, run).with_steps_of(int(member.sum()), on=half)
        with told_of_stranger(target, "reference model"):
            found = train_references(
                Architecture.of(target),
                made,
                material.inputs,
                scans.age,
                scans.participant_id,
                models=models,
                queries=shown,
                folder=run.restricted / "references",
                seed=own_seed(seed, "references"),
                workers=workers,
                cluster=cluster,
            )
            own = [predict(target, Queried(material.inputs, one), recipe.batch_size, lambda: None) for one in shown]
    except DataError as error:
        return error.what
    age = scans.age[:, None]
    signals = {
        "references/error": (found.predicted - age[:, :, None]).astype(np.float32),
        "references/inside": found.inside,
        "references/target": (np.column_stack(own) - age).astype(np.float32),
    }
    facts = {
        "models": models,
        "queries": [one.name for one in shown],
        "epochs": made.epochs,
        "people": disclosure.count(len(np.unique(scans.participant_id))),
        "core_minutes": sum(found.seconds) / 60,
        **resemblance(signals, member, scans.participant_id),
    }
    return Referenced(signals, facts, key_of(target, material, seed).also(references=signals))


def cluster_of(options: AttackOptions) -> str | None:
    """Return the address of the Ray cluster that trains reference models, where one was asked for.

    Raises
    ------
    UsageError
        Where the models are not whole pairs.
    """
    if options.references % 2:
        raise UsageError(f"{options.references} reference models", expected=PAIRS)
    return (options.address or HERE) if options.reference_engine == "ray" else None


def resemblance(signals: Mapping[str, Array], member: Bool[np.ndarray, "scan"], person: np.ndarray) -> dict[str, Any]:
    """Return whether the target errs like one more of the reference models: on others, and on its own members.

    The target's mean absolute error less each model's, on the same people, should be 0 as often as the models differ
    among themselves: Student's prediction interval for one more of them. Where it is not, the models are not like the
    target, and attacks that hold them against it are off. That no difference shows is not enough: likeness is told
    where the whole 95 % interval of what the target errs more or less is within a share of the models' error on others.
    """
    error, inside = np.abs(signals["references/error"][:, :, 0]), signals["references/inside"]
    target = np.abs(signals["references/target"][:, 0])
    told: dict[str, Any] = {}
    for word, kind in (("others", False), ("members", True)):
        mine = member if kind else ~member
        gaps, theirs = [], []
        for model in range(inside.shape[1]):
            both = mine & (inside[:, model] == kind)
            if not both.any():
                continue
            gaps.append(float(target[both].mean() - error[both, model].mean()))
            theirs.append(float(error[both, model].mean()))
        if not gaps:
            continue
        k, mean = len(gaps), float(np.mean(gaps))
        spread = float(np.std(gaps, ddof=1)) if k > 2 else 0.0
        known = spread > 0
        width = spread * np.sqrt(1 + 1 / k)
        p = float(2 * stats.t.sf(abs(mean) / width, k - 1)) if known else None
        half = float(stats.t.ppf(0.975, k - 1) * width) if known else math.inf
        step = disclosure.step_of(float(np.std(target[mine])), len(np.unique(person[mine])))
        told[word] = {
            "target": disclosure.in_steps(mean_absolute(target[mine], person[mine]).to_json(), step),
            "references": disclosure.in_steps({"value": float(np.mean(theirs))}, step)["value"],
            "difference": disclosure.in_steps({"value": mean}, step)["value"],
            "low": mean - half if known else None,
            "high": mean + half if known else None,
            "p_value": p,
        }
    tested = [one["p_value"] for one in told.values() if one["p_value"] is not None]
    if any(value < LEVEL / 2 for value in tested):
        return {"errors": told, "resembles": False}
    shown = len(tested) == 2 and all(
        max(abs(one["low"]), abs(one["high"])) <= ALIKE * told["others"]["references"] for one in told.values()
    )
    return {"errors": told, "resembles": shown or None}


def power_over_models(
    run: RunFolder,
    referenced: Referenced,
    seen: Mapping[str, Array],
    material: Material,
    draws: Sequence[Bool[np.ndarray, "scan"]],
    attacks: Sequence[Attack],
    real: Mapping[str, Sequence[Scores]],
    *,
    seed: int,
    workers: int | None = None,
) -> dict[str, Any]:
    """Return AUC and true-positive rate of every reference attack by the number of models, and how many were enough.

    The same people are judged by the first 2, 4, 8, ... models; what a step adds is a paired difference of the attack
    that does best with all of them.
    """
    chosen = [one for one in attacks if REFERENCES in one.needs]
    rounds = real_rounds(material.split, draws)
    by_number: dict[int, dict[str, list[Scores]]] = {}
    numbers = subsets(referenced.facts["models"])
    for number in numbers[:-1]:
        found = run_attacks(
            chosen,
            {**seen, **first(referenced.signals, number)},
            material.scans,
            rounds,
            seed=seed,
            folder=run.restricted / "attacks",
            key=referenced.key.also(models=number),
            workers=workers,
        )
        by_number[number] = {name: scores for (name, _), scores in found.items()}
    by_number[numbers[-1]] = {one.name: list(real[one.name]) for one in chosen}  # with all of them: the audit itself
    rows, told = [], {}
    for number, scored in by_number.items():
        told[number] = {name: assess(scores) for name, scores in scored.items()}
        rows.append(
            {
                "models": number,
                "attacks": [
                    {"name": name, "auc": interval_json(one.auc), "tpr": interval_json(one.tpr_at_fpr[0.01])}
                    for name, one in told[number].items()
                ],
            }
        )
    aucs = {name: one.auc.value for name, one in told[max(told)].items() if one.auc} if told else {}
    best = max(aucs, key=lambda name: aucs[name]) if aucs else None
    gains = []
    if best:
        for before, after in pairwise(sorted(by_number)):
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
    for one in attacks:
        if REFERENCES in one.needs or isinstance(one, ShadowAttack) or one.name not in real:
            continue
        found = assess(real[one.name])
        if found.auc is None:
            continue
        behind = auc_difference(real[best], real[one.name], either_way=False).auc if best else None
        row = {
            "name": one.name,
            "auc": interval_json(found.auc),
            "tpr": interval_json(found.tpr_at_fpr[0.01]),
            "behind": interval_json(behind),
            "seconds": _seconds(real, one.name),
        }
        rows.append((found.auc.value, row))
    return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def _seconds(real: Mapping[str, Sequence[Scores]], name: str | None) -> float | None:
    """Return how long an attack took to learn and to score, mean over repeats; asking the model is not in it."""
    took = [one.seconds for one in real[name] if one.seconds is not None] if name else []
    return float(np.mean(took)) if took else None


def subsets(models: int) -> list[int]:
    """Return numbers of models at which power is looked at: 2, 4, 8, ... and all."""
    steps = [2**power for power in range(1, 12) if 2**power < models]
    return [*steps, models]


def first(signals: Mapping[str, Array], models: int) -> dict[str, Array]:
    """Return the signals of the first so many models, which are whole pairs."""
    error, inside = signals["references/error"], signals["references/inside"]
    return {**signals, "references/error": error[:, :models], "references/inside": inside[:, :models]}


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
