"""What a federation promised to each learner's people, from the manifests of its rounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from remembrain.errors import DataError
from remembrain.federation.archive import Archive
from remembrain.record.privacy import ClipCheck, PrivateTraining
from remembrain.record.privacy import Spent as SpentUpTo
from remembrain.run import RunFolder
from remembrain.targets.private.accounting import Spent, compact, first_opinion
from remembrain.targets.private.mechanism import Mechanism, Privacy
from remembrain.targets.private.promise import NOT_COVERED, PRIVACY, finite, promise_of, write_promise
from remembrain.targets.recipes import Recipe

_NOT_COVERED = (
    "Which learner a person belongs to; and a person with scans at several learners, whose epsilons add up.",
)


def record_federation(run: RunFolder, archive: Archive, recipe: Recipe, rounds: int) -> None:
    """Write what was promised to each learner's people and spent over the rounds beside the target.

    Learners have different people, so that everybody's epsilon is that of the own learner (parallel composition); the
    largest is the federation's. A learner who is missing in a round is charged for it all the same: its model may have
    been sent. So is a round as often as it was begun with other noise.

    Raises
    ------
    DataError
        Where the rounds do not say what a learner spent, or that its people's shares were measured.
    """
    if recipe.privacy is None:
        (run.target / PRIVACY).unlink(missing_ok=True)
        return
    facts = [archive.facts(round_) for round_ in range(1, rounds + 1)]
    promises = _promises(archive, facts)
    steps: dict[str, list[tuple[float, float, int]]] = {name: _start(promise) for name, promise in promises.items()}
    by_round = []
    for round_, manifest in enumerate(facts, start=1):
        for name, promise in promises.items():
            attempts = int(manifest.get("attempts", 1))
            steps[name].append((promise["noise_multiplier"], promise["sample_rate"], promise["steps"] * attempts))
        most = max(first_opinion(tuple(spent), recipe.privacy.delta).epsilon for spent in steps.values())
        by_round.append(SpentUpTo(epoch=round_, epsilon=finite(most)))
    learners = [_learner(name, promises[name], compact(tuple(spent)), recipe.privacy) for name, spent in steps.items()]
    worst = max(learners, key=lambda learner: math.inf if learner.epsilon is None else learner.epsilon)
    people = sum(learner.people for learner in learners)
    training = replace(
        worst,
        people=people,
        clip_check=ClipCheck(people=people, bound=recipe.privacy.clip, kept=True),
        not_covered=(*NOT_COVERED, *_NOT_COVERED),
        learners=tuple(learners),
        by_epoch=tuple(by_round),
    )
    write_promise(run, training)


def _promises(archive: Archive, rounds: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what each learner promises its people, by name."""
    promises: dict[str, dict[str, Any]] = {}
    checked: dict[str, int] = {}
    for manifest in rounds:
        for learner in manifest["learners"]:
            if "privacy" not in learner:
                raise DataError(f"a round does not say what {learner['name']} spent", where=archive.path)
            promises.setdefault(learner["name"], learner["privacy"])
            checked[learner["name"]] = max(checked.get(learner["name"], 0), int(learner["privacy"]["checked"]))
    for name, promise in promises.items():
        if checked[name] < promise["people"]:
            raise DataError(f"{name} never measured the shares of all its people", where=archive.path)
    return promises


def _start(promise: Mapping[str, Any]) -> list[tuple[float, float, int]]:
    """Return what the mean age has spent."""
    return [(promise["mean_noise"], 1.0, 1)] if promise["noise_multiplier"] else []


def _learner(name: str, promise: Mapping[str, Any], spent: Spent, privacy: Privacy) -> PrivateTraining:
    """Return what was promised to the people of one learner."""
    mechanism = Mechanism(
        privacy,
        promise["people"],
        promise["sample_rate"],
        promise["steps"],
        promise["noise_multiplier"],
        promise["mean_noise"],
    )
    return replace(promise_of(mechanism, spent), name=name)
