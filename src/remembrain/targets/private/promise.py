"""What is promised of a training: kept with the target, and bound to its weights.

A promise is an upper bound that follows from the noise. It is computed before the first step, by both accountants, so
that a training whose promise cannot be stated is never begun.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
from jaxtyping import Float
from pydantic import TypeAdapter, ValidationError

from remembrain.errors import DataError
from remembrain.record.privacy import ClipCheck, MeanAge, PrivateTraining
from remembrain.record.privacy import Spent as SpentUpTo
from remembrain.record.written import as_json
from remembrain.run import RunFolder, read_json, sha256, write_json
from remembrain.targets.learning import mechanism_of
from remembrain.targets.private.accounting import Spent, first_opinion, second_opinion
from remembrain.targets.private.mechanism import Mechanism
from remembrain.targets.recipes import Recipe
from remembrain.targets.training import Trained
from remembrain.types import Texts

PRIVACY = "privacy.json"
NEIGHBOURS = "two sets of people of whom one has one person more, with all of that person's scans"
SAMPLING = "every step draws each person by itself with the same probability (Poisson sampling)"
NOT_COVERED = (
    "People who were not trained on: non-members, validation and population.",
    "How many people were trained on, which is taken as known.",
    "The figures of this report, training.tsv and log.txt, which were computed from members without noise.",
    "Which columns of a table are numbers and which are text, which was seen of everybody.",
    "Settings that were chosen by looking at these people, and other models trained on them: each spends its own.",
    "What an attacker learns of a person from everybody else: a correlation that holds without the person.",
    "Steps of floating-point arithmetic that leak through the last digits of the noise.",
)


def promised(recipe: Recipe, age: Float[np.ndarray, "scan"], person: Texts) -> Mechanism | None:
    """Return what a training will promise those whom it is on, computed before its first step; nothing if not private.

    Raises
    ------
    UsageError
        Where no noise keeps the promise that was asked for.
    RemembrainError
        Where the accountants disagree on what the training would spend.
    """
    if recipe.privacy is None:
        return None
    mechanism = mechanism_of(recipe, age, person)
    second_opinion(mechanism.spent(recipe.privacy.epochs or recipe.epochs), recipe.privacy.delta)
    return mechanism


def record_training(run: RunFolder, trained: Trained, person: Texts) -> None:
    """Write what was promised and spent beside the target; nothing, and nothing left, of other training."""
    path = run.target / PRIVACY
    if trained.mechanism is None:
        path.unlink(missing_ok=True)
        return
    checked = trained.checked
    promise = promise_of(trained.mechanism, trained.spent, int(np.unique(person, return_counts=True)[1].max()))
    clip_check = (
        None if checked is None else ClipCheck(people=checked.people, largest=checked.largest, bound=checked.bound)
    )
    by_epoch = (SpentUpTo(epoch=int(row["epoch"]), epsilon=finite(row["epsilon"])) for row in trained.history)
    write_promise(run, replace(promise, clip_check=clip_check, by_epoch=tuple(by_epoch)))


def write_promise(run: RunFolder, training: PrivateTraining) -> None:
    """Write a promise, bound to the weights it is made of."""
    bound = replace(training, weights=sha256(run.target / "model.safetensors"))
    write_json(run.target / PRIVACY, as_json(bound))


def promise_of(mechanism: Mechanism, spent: Spent, most_scans: int | None = None) -> PrivateTraining:
    """Return a promise as it stands in ``privacy.json`` and in the evidence."""
    privacy, mean_age = mechanism.asked, (mechanism.mean_noise, 1.0, 1)
    first, second = first_opinion(spent, privacy.delta), second_opinion(spent, privacy.delta)
    low, high = privacy.label_range
    return PrivateTraining(
        epsilon=finite(first.epsilon),
        delta=privacy.delta,
        accountant=first.accountant,
        second_epsilon=finite(second.epsilon),
        second_accountant=second.accountant,
        unit="person",
        people=mechanism.people,
        most_scans=most_scans,
        neighbours=NEIGHBOURS,
        sampling=SAMPLING,
        noise_multiplier=mechanism.noise_multiplier,
        clip=privacy.clip,
        sample_rate=mechanism.rate,
        steps=sum(step[2] for step in spent if step != mean_age),
        secure_noise=privacy.secure_noise,
        mean_age=MeanAge(noise_multiplier=mechanism.mean_noise, low=low, high=high)
        if mechanism.mean_noise and mean_age in spent
        else None,
        not_covered=NOT_COVERED,
        spent=spent,
    )


def finite(value: float) -> float | None:
    """Return a number, or nothing for infinity: no promise."""
    return value if math.isfinite(value) else None


def read_training(run: RunFolder) -> PrivateTraining | None:
    """Return what was promised of the target of a run, where anything was.

    Raises
    ------
    DataError
        Where the file is broken, or belongs to other weights.
    """
    path = run.target / PRIVACY
    if not path.is_file():
        return None
    try:
        training: PrivateTraining = _adapter().validate_python(read_json(path))
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise DataError(
            f"does not say what was promised ({place})", where=path, try_next="train again into a new run"
        ) from None
    if training.weights != sha256(run.target / "model.safetensors"):
        raise DataError("is a promise of other weights", where=path, try_next="train again into a new run")
    return training


@cache
def _adapter() -> TypeAdapter[PrivateTraining]:
    """Return what checks a promise that was read, made once."""
    return TypeAdapter(PrivateTraining)
