"""Where the output of a network starts: the mean age of those it is trained on, which tells of them like anything else.

Where they are to be protected the mean is released with noise, and cryptographic noise is drawn once: what it gave is
kept with everything that it depends on, since another draw would be another release, and another first model.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float

from remembrain.run import read_json, write_json
from remembrain.targets.learning import mechanism_of
from remembrain.targets.private.mechanism import Mechanism
from remembrain.targets.recipes import Recipe
from remembrain.types import Texts


def start_age(
    recipe: Recipe, age: Float[np.ndarray, "scan"], person: Texts, seed: int, kept: Path | None = None
) -> float:
    """Return the mean age at which training starts, in years.

    Parameters
    ----------
    recipe
        With the privacy that was asked for, if any.
    age, person
        Of those who are trained on.
    seed
        Of the training.
    kept
        File of what cryptographic noise gave when the same training was begun before.
    """
    if recipe.privacy is None:
        return float(age.mean())
    mechanism = mechanism_of(recipe, age, person)
    if not mechanism.noise_multiplier:
        return float(age.mean())
    if kept is None or not recipe.privacy.secure_noise:
        return mechanism.mean_age(age, person, seed)
    before = _before(mechanism, kept)
    if before is not None:
        return before
    told = mechanism.mean_age(age, person, seed)
    write_json(kept, {**_facts(mechanism), "mean_age": told})
    return told


def told_before(recipe: Recipe, age: Float[np.ndarray, "scan"], person: Texts, kept: Path | None) -> bool:
    """Tell whether what :func:`start_age` would return was drawn before, and nothing new would be told of anybody."""
    if recipe.privacy is None or not recipe.privacy.secure_noise or kept is None:
        return False
    return _before(mechanism_of(recipe, age, person), kept) is not None


def _before(mechanism: Mechanism, kept: Path) -> float | None:
    """Return what was released before, if it was released of the same people in the same way."""
    if not kept.is_file():
        return None
    before = read_json(kept)
    return float(before["mean_age"]) if before == {**_facts(mechanism), "mean_age": before.get("mean_age")} else None


def _facts(mechanism: Mechanism) -> dict[str, float]:
    """Return everything that a release depends on but its noise."""
    low, high = mechanism.asked.label_range
    facts = {"noise_multiplier": mechanism.mean_noise, "low": low, "high": high}
    return {**facts, "people": mechanism.people, "stream": mechanism.stream}
