"""What is promised of a training, and what attacks say of the promise: kept with the target, and told in the evidence.

A promise is an upper bound that follows from the noise; attacks give lower bounds. Where the second is above the first
the promise is contradicted. Nothing here confirms one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.evidence import epsilon
from remembrain.federation.archive import Archive
from remembrain.run import RunFolder, read_json, write_json
from remembrain.study import canaries
from remembrain.study.gathering import Evidence
from remembrain.study.material import Material
from remembrain.target.model import Target
from remembrain.target.private.accounting import Spent, compact, first_opinion, second_opinion
from remembrain.target.private.checks import ClipCheck
from remembrain.target.private.mechanism import Mechanism, Privacy
from remembrain.target.recipes import Recipe
from remembrain.target.training import Trained
from remembrain.types import Attack, Scores, Texts

PRIVACY = "privacy.json"
DELTA = 1e-5
CONFIDENCE = 0.95
BOUNDED = ("error-threshold", "logistic", "network:prediction+label", "network:gradient:output")
"""Whose scores bound an epsilon, said beforehand: every other attack would make the correction for several larger. Where
none of them was run, all that were do."""

NEIGHBOURS = "two sets of people of whom one has one person more, with all of that person's scans"
SAMPLING = "every step draws each person by itself with the same probability (Poisson sampling)"
NOT_COVERED = (
    "People who were not trained on: non-members, validation and population.",
    "How many people were trained on, which is taken as known.",
    "The figures of this report, which were computed from members without noise; publish them with that in mind.",
    "Settings that were chosen by looking at these people, and other models trained on them: each spends its own.",
    "What an attacker learns of a person from everybody else: a correlation that holds without the person.",
    "Steps of floating-point arithmetic that leak through the last digits of the noise.",
)


@dataclass(frozen=True)
class Begun:
    """Where the output of a network starts, and what finding that out has spent."""

    mean_age: float
    spent: Spent


def begin_training(recipe: Recipe, age: Float[np.ndarray, "scan"], person: Texts, seed: int) -> Begun:
    """Return the mean age of those who are trained on, released with noise where they are to be protected.

    Raises
    ------
    UsageError
        Where the promise that was asked for cannot be kept by any noise.
    """
    if recipe.privacy is None:
        return Begun(float(age.mean()), ())
    mechanism = recipe.privacy.over(len(np.unique(person)), recipe.batch_size, recipe.epochs)
    if not mechanism.noise_multiplier:
        return Begun(float(age.mean()), mechanism.spent(0))
    return Begun(mechanism.mean_age(age, person, seed), mechanism.spent(0))


def record_training(run: RunFolder, trained: Trained, person: Texts) -> None:
    """Write what was promised and spent beside the target; nothing, and nothing left, of other training."""
    path = run.target / PRIVACY
    if trained.mechanism is None:
        path.unlink(missing_ok=True)
        return
    most_scans = int(np.unique(person, return_counts=True)[1].max())
    by_epoch = [{"epoch": int(row["epoch"]), "epsilon": _finite(row["epsilon"])} for row in trained.history]
    content = {
        **facts_of(trained.mechanism, trained.spent, trained.checked, most_scans),
        "learners": [],
        "by_epoch": by_epoch,
    }
    write_json(path, content)


def record_federation(run: RunFolder, archive: Archive, recipe: Recipe, rounds: int) -> None:
    """Write what was promised to each learner's people and spent over the rounds beside the target.

    Learners have different people, so that everybody's epsilon is that of the own learner (parallel composition); the
    largest is the federation's.
    """
    path = run.target / PRIVACY
    if recipe.privacy is None:
        path.unlink(missing_ok=True)
        return
    spent: dict[str, list[tuple[float, float, int]]] = {}
    told: dict[str, dict[str, Any]] = {}
    totals: list[dict[str, Any]] = []
    for round_ in range(1, rounds + 1):
        for one in archive.facts(round_)["learners"]:
            if "privacy" not in one:
                raise DataError(f"round {round_} does not say what {one['name']} spent", where=archive.path)
            facts = one["privacy"]
            before = told.setdefault(one["name"], facts)
            mine = spent.setdefault(one["name"], [(before["mean_noise"], 1.0, 1)] if before["noise_multiplier"] else [])
            mine.append((facts["noise_multiplier"], facts["sample_rate"], facts["steps"]))
        most = max(first_opinion(tuple(mine), recipe.privacy.delta).epsilon for mine in spent.values())
        totals.append({"epoch": round_, "epsilon": _finite(most)})
    learners = [_learner(name, told[name], compact(tuple(mine)), recipe.privacy) for name, mine in spent.items()]
    worst = max(learners, key=lambda one: math.inf if one["epsilon"] is None else one["epsilon"])
    checks = [one["clip_check"] for one in told.values()]
    write_json(
        path,
        {
            **worst,
            "people": sum(one["people"] for one in learners),
            "most_scans": max(one["most_scans"] for one in told.values()),
            "clip_check": {
                "people": sum(one["people"] for one in checks),
                "largest": max(one["largest"] for one in checks),
                "bound": recipe.privacy.clip,
            },
            "not_covered": [*NOT_COVERED, "Which learner a person belongs to."],
            "learners": learners,
            "by_epoch": totals,
        },
    )


def _learner(name: str, told: Mapping[str, Any], spent: Spent, asked: Privacy) -> dict[str, Any]:
    """Return what was promised to the people of one learner."""
    mechanism = Mechanism(
        asked, told["people"], told["sample_rate"], told["steps"], told["noise_multiplier"], told["mean_noise"]
    )
    return {"name": name, **facts_of(mechanism, spent, None, told["most_scans"])}


def facts_of(mechanism: Mechanism, spent: Spent, checked: ClipCheck | None, most_scans: int) -> dict[str, Any]:
    """Return a promise as it stands in ``privacy.json`` and in the evidence."""
    asked = mechanism.asked
    first, second = first_opinion(spent, asked.delta), second_opinion(spent, asked.delta)
    steps = sum(number for noise, rate, number in spent if (noise, rate, number) != (mechanism.mean_noise, 1.0, 1))
    mean = None
    if mechanism.mean_noise:
        low, high = asked.label_range
        mean = {"noise_multiplier": mechanism.mean_noise, "low": low, "high": high}
    return {
        "epsilon": _finite(first.epsilon),
        "delta": asked.delta,
        "accountant": first.accountant,
        "second_epsilon": _finite(second.epsilon),
        "second_accountant": second.accountant,
        "unit": "person",
        "people": mechanism.people,
        "most_scans": most_scans,
        "neighbours": NEIGHBOURS,
        "sampling": SAMPLING,
        "noise_multiplier": mechanism.noise_multiplier,
        "clip": asked.clip,
        "sample_rate": mechanism.rate,
        "steps": steps,
        "secure_noise": asked.secure_noise,
        "mean_age": mean,
        "not_covered": list(NOT_COVERED),
        "clip_check": None if checked is None else vars(checked),
        "spent": [list(step) for step in spent],
    }


def _finite(value: float) -> float | None:
    """Return a number, or nothing for infinity: no promise."""
    return value if math.isfinite(value) else None


def read_training(run: RunFolder) -> dict[str, Any] | None:
    """Return what was promised of the target of a run, where anything was.

    Raises
    ------
    DataError
        Where the file is broken.
    """
    path: Path = run.target / PRIVACY
    if not path.is_file():
        return None
    found = read_json(path)
    if not isinstance(found, dict) or "epsilon" not in found or "delta" not in found:
        raise DataError("does not say epsilon and delta", where=path, try_next="train again into a new run")
    return found


def describe_doubt(judged: Evidence, groups_differ: str) -> str:
    """Say why scores of members and non-members say nothing of an epsilon; nothing where they do."""
    if judged.doubt:
        return judged.doubt
    if groups_differ:
        return f"{groups_differ}, so that attacks may tell kinds of people apart"
    for name, control in (("null control", judged.null), ("blind baseline", judged.blind)):
        if control.status != "holds":
            return f"the {name} is: {control.status}"
    return ""


def describe_privacy(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    real: Mapping[str, Sequence[Scores]],
    options: AttackOptions,
    *,
    doubt: str,
) -> dict[str, Any]:
    """Return what stands in the evidence of promises and of the lower bounds that attacks give.

    Parameters
    ----------
    run, target, material
        What was trained on whom.
    attacks, real
        What was run, and the scores of each repeat by attack; the first repeat alone is used.
    options
        The claim of the model's owner.
    doubt
        Why scores of members and non-members say nothing, where they do not: a control failed, or the groups differ.
    """
    training = read_training(run)
    claim = _claim(training, options)
    delta = claim["delta"] if claim else options.claimed_delta
    lures = canaries.scores(run, target, material)
    able = [] if doubt else [one for one in attacks if one.name in real]
    able = [one for one in able if one.name in BOUNDED] or able
    sources = [(one.name, one.title, real[one.name][0]) for one in able]
    parts = len(sources) + (lures is not None)
    found: list[dict[str, Any]] = []
    bounds: list[epsilon.LowerBound] = []
    why, told = doubt, None
    if lures is not None:
        score, included, told = lures
        share = 1 - (1 - CONFIDENCE) / (2 if sources else 1)
        made, problem = _bounds(score, included, delta, share)
        told = {**told, "why": problem}
        bounds += made
        found += [{**one.to_json(), "source": "canaries", "source_title": "Canaries"} for one in made]
        why = why or problem
    for name, title, scores in sources:
        share = 1 - (1 - CONFIDENCE) / (len(sources) * (2 if lures is not None else 1))
        made, problem = _bounds(*epsilon.people_scores(scores), delta, share)
        bounds += made
        found += [{**one.to_json(), "source": name, "source_title": title} for one in made]
        why = why or problem
    if not parts and not why:
        why = "no attack was run"
    verdict = epsilon.statement(claim["epsilon"] if claim else None, delta, bounds, confidence=CONFIDENCE, why=why)
    return {
        "training": training,
        "claim": claim,
        "bounds": found,
        "canaries": told,
        "verdict": verdict.to_json(),
    }


def _bounds(
    score: Float[np.ndarray, "person"], member: Any, delta: float, confidence: float
) -> tuple[list[epsilon.LowerBound], str]:
    """Return the lower bounds of some people's scores, or why there are none."""
    try:
        return list(epsilon.all_bounds(score, member, delta, confidence)), ""
    except DataError as error:
        return [], str(error)


def _claim(training: Mapping[str, Any] | None, options: AttackOptions) -> dict[str, Any] | None:
    """Return the promise that is held against attacks: the owner's where one is told, else that of the training."""
    if options.claimed_epsilon is not None:
        return {"by": "owner", "epsilon": options.claimed_epsilon, "delta": options.claimed_delta}
    if training is None or training["epsilon"] is None:
        return None
    return {"by": "training", "epsilon": training["epsilon"], "delta": training["delta"]}
