"""What every engine does alike: whose federation it is, where it starts, and how a round ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int
from torch import nn

from remembrain.federation.aggregate import Reply, check, weighted_mean
from remembrain.federation.archive import Archive
from remembrain.federation.learner import LearnerRound, mean_age_told, weight_of
from remembrain.federation.learners import start_file
from remembrain.targets.recipes import Recipe
from remembrain.targets.weights import write_tensors
from remembrain.types import Scans


def mean_age(scans: Mapping[int, int], means: Mapping[int, float]) -> float:
    """Return the mean age of all learners' scans, from each one's number of scans and mean alone."""
    order = sorted(scans)
    return float(np.average([means[number] for number in order], weights=[scans[number] for number in order]))


def mean_age_of(folder: Path, scans: Scans, learner: Int[np.ndarray, "scan"], recipe: Recipe, seed: int) -> float:
    """Return the mean age over learners (0 is nobody), as sites who tell nothing else of their people can have it.

    What cryptographic noise gave is kept in the folder, a file a learner.
    """
    counts, means = {}, {}
    for number in np.unique(learner[learner > 0]).tolist():
        age, person = scans.age[learner == number], scans.participant_id[learner == number]
        counts[number] = weight_of(person, recipe)
        kept = folder / start_file(number)
        means[number] = mean_age_told(age, person, recipe, learner=number, seed=seed, kept=kept)
    return mean_age(counts, means)


def identity(
    network: nn.Module, recipe: Recipe, seed: int, names: Mapping[int, str], same: Mapping[int, str] | None = None
) -> str:
    """Return a hash of what decides the rounds but their number: more of them go on where fewer ended.

    Nobody's data go into it: a hash of everybody tells whoever knows all but one of them whether that one is there. A
    run folder knows whose people it has by its own key.

    Parameters
    ----------
    network
        Before any training.
    recipe, seed
        Of every learner's round.
    names
        What learners are called, by number.
    same
        A word of each learner that is the same as long as its data are, and says nothing else of them.
    """
    digest = hashlib.sha256(f"{recipe.identity} {seed}".encode())
    for name, value in network.state_dict().items():
        digest.update(name.encode() + value.numpy(force=True).tobytes())
    for number in sorted(names):
        digest.update(f"{number} {names[number]} {(same or {}).get(number, '')}\n".encode())
    return digest.hexdigest()


def attempts_at(archive: Archive, round_: int, recipe: Recipe) -> int:
    """Return how often a round will have been trained: once, unless noise is other each time and it was stopped before.

    Noise from a seed is the same when a round is done again, and says nothing new of anybody.
    """
    secure = recipe.privacy is not None and recipe.privacy.secure_noise
    return archive.attempt(round_) if secure else 1


def end_round(
    archive: Archive,
    round_: int,
    replies: Mapping[int, tuple[Reply, LearnerRound]],
    names: Mapping[int, str],
    *,
    attempts: int = 1,
    error: Callable[[], float | None],
    missing: Mapping[int, str] | None = None,
) -> None:
    """Check every learner's model, write their mean, and say that the round is complete.

    Parameters
    ----------
    archive
        Which has the learners' models of this round already.
    round_
        Its number, from 1.
    replies
        What each learner sent, and what it tells of the round, by number of learner.
    attempts
        How often learners have trained this round: each time with other noise, where it is cryptographic, and each
        counts.
    names
        Of all learners.
    error
        Gives the new community model's mean absolute error on people whom nobody has, where it is known.
    missing
        Why learners are missing who may be.

    Raises
    ------
    RemembrainError
        Where a model is not one of this round, naming the learner.
    """
    before, parent = archive.state(round_ - 1), archive.fingerprint(round_ - 1)
    models = {number: replies[number][0] for number in sorted(replies)}
    for number, reply in models.items():
        check(reply, before, parent, names[number])
    write_tensors(weighted_mean(models), archive.community(round_))
    facts: dict[str, Any] = {
        "parent": parent,
        "learners": [
            {
                "number": number,
                "name": names[number],
                "scans": reply.scans,
                "loss": replies[number][1].loss,
                **({"privacy": dict(spent)} if (spent := replies[number][1].private) else {}),
            }
            for number, reply in models.items()
        ],
        "attempts": attempts,
        "mae_unseen": error(),
    }
    if missing:
        facts["missing"] = [{"number": number, "name": names[number], "why": why} for number, why in missing.items()]
    archive.complete(round_, facts)
