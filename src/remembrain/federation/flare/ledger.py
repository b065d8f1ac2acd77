"""What trainings have spent of a site's people, in all federations together: put down before it is spent.

The ledger is the site's own file. It counts what is about to be told, whatever a plan says of how much that will be, so
that a plan of another name, seed or number of rounds spends like any other.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from remembrain.errors import DataError
from remembrain.run import clear_disk_errors, open_private, read_json, write_json
from remembrain.run.locks import lock
from remembrain.targets.private.accounting import compact, epsilon_of, repeated, spent_of
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe

_ROUNDING = 1 + 1e-9
Ledger = dict[str, list[list[float]]]


def charged(
    ledger: Mapping[str, Sequence[Sequence[float]]],
    plan: str,
    recipe: Recipe,
    people: int,
    most: float | None,
    epochs: int | None = None,
) -> Ledger:
    """Return a site's ledger with one more round: by federation, noise multiplier, sampling rate and steps.

    A round that is asked for again counts again. ``epochs`` are those of the recipe; 0 is the mean age, which is told
    before the first round, and again wherever people or plan differ.

    Raises
    ------
    DataError
        Where all federations together would spend more than the site allows.
    """
    found = {name: [list(one) for one in entries] for name, entries in ledger.items()}
    if recipe.privacy is None:
        return found
    mechanism = recipe.privacy.over(people, recipe.batch_size, recipe.epochs)
    passes = recipe.epochs if epochs is None else epochs
    round_ = [mechanism.noise_multiplier, mechanism.rate, mechanism.steps * passes]
    found.setdefault(plan, []).append(round_ if passes else [mechanism.mean_noise, 1.0, 1])
    spends = repeated([spent_of(entries) for entries in found.values()], _delta(recipe.privacy, people))
    if most is not None and spends > most * _ROUNDING:
        raise DataError(f"this site allows epsilon {most:g} over all federations, and this would make it {spends:.4g}")
    return {name: [list(one) for one in compact(spent_of(entries))] for name, entries in found.items()}


def charge(path: Path, plan: str, recipe: Recipe, people: int, most: float | None, epochs: int) -> None:
    """Put a round down in the file of the ledger; of jobs that run at once, one after another.

    Raises
    ------
    DataError
        Where it is not allowed; nothing is put down then.
    """
    with clear_disk_errors(path), open_private(path.with_suffix(".lock"), os.O_RDWR) as held:
        lock(held)
        ledger = read_json(path) if path.is_file() else {}
        write_json(path, charged(ledger, plan, recipe, people, most, epochs))


def insist_on_limit(most: float | None, recipe: Recipe, people: int) -> None:
    """Raise where a training would spend more on a site's people than the site allows, or promises nothing.

    Raises
    ------
    DataError
        With what it would spend.
    """
    if most is None:
        return
    if recipe.privacy is not None and not recipe.privacy.secure_noise:
        raise DataError(
            "this site limits epsilon, and the noise of this training comes from a seed that the server has"
        )
    spends = math.inf
    if recipe.privacy is not None:
        mechanism = recipe.privacy.over(people, recipe.batch_size, recipe.epochs)
        spends = epsilon_of(mechanism.spent(recipe.privacy.epochs or recipe.epochs), _delta(recipe.privacy, people))
    if spends > most:
        what = f"epsilon {spends:.3g}" if math.isfinite(spends) else "what no epsilon bounds"
        raise DataError(f"this site allows epsilon {most:g}, and the training would spend {what} on its people")


def _delta(asked: Privacy, people: int) -> float:
    """Return the delta at which a site counts: the plan's, but never above a tenth of one over its people, since a
    plan that asks for a larger one spends less of epsilon by giving somebody away more often.
    """
    return min(asked.delta, 0.1 / people)
