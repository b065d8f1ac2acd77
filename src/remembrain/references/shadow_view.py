"""The attacker who knows no member: trains a shadow model on other people, and learns what its members look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from remembrain.audits.errors_of_target import mean_error
from remembrain.audits.view import Refusal, View
from remembrain.cohort.material import Material
from remembrain.cohort.splits import FEWEST_PEOPLE, draw_half
from remembrain.query import view_of
from remembrain.query.strangers import StrangerFailed, told_of_stranger
from remembrain.record.numbers import MeanError
from remembrain.record.target import Shadow, ShadowErrors
from remembrain.references.shadow import Architecture, divided, train_like
from remembrain.run import RunFolder
from remembrain.run.streams import own_seed, stream
from remembrain.targets.model import Target
from remembrain.targets.private.promise import read_training
from remembrain.targets.recipes import Recipe
from remembrain.types import Attack

NO_RECIPE = (
    "the recipe that the target was trained by; of a model that was brought in, remembrain import --epochs says it"
)
_NO_PROMISE = 1e-12


def shadow_view(
    run: RunFolder,
    target: Target,
    recipe: Recipe | None,
    population: Material,
    attacks: Sequence[Attack],
    *,
    trained_on: int,
    seed: int,
) -> View | Refusal:
    """Train a shadow model on half of the population and return what it says of them, or why there can be none.

    Members of the view are those of the shadow; the attacks that it refuses cannot learn from it.

    Parameters
    ----------
    run
        Keeps the shadow and its signals in ``restricted/shadow``.
    target, recipe
        What the shadow is made like; without a recipe the target was trained elsewhere.
    population
        People who are neither members nor tested.
    attacks
        Those that will learn from the shadow.
    trained_on
        Scans that the target was trained on. The shadow takes as many steps, in more or fewer epochs: with as many
        epochs on fewer people it would remember less than the target, and its attacker would miss members.
    seed
        Of the audit.

    Returns
    -------
    view
        A refusal also where a class of the user's own raises.
    """
    people = len(np.unique(population.scans.participant_id))
    if recipe is None:
        return Refusal(f"a shadow model needs {NO_RECIPE}")
    if people < 2 * FEWEST_PEOPLE:
        return Refusal(
            f"a shadow model needs at least {2 * FEWEST_PEOPLE} people who are neither members nor tested, and there "
            f"are {people} (--population when the people are split)"
        )
    member = draw_half(population.scans, stream(seed, "halves of the population"))
    recipe = with_same_noise(recipe, run).with_steps_of(trained_on, on=int(member.sum()))
    folder = run.restricted / "shadow"
    try:
        with told_of_stranger(target, "shadow model"):
            halves = divided(population.inputs, population.scans.age, member, population.scans.participant_id)
            shadow = train_like(Architecture.of(target), recipe, halves, folder, own_seed(seed, "shadow"))
            view, _ = view_of(shadow, population, attacks, folder / "signals", seed)
    except StrangerFailed as failed:
        return Refusal(failed.what, failed=True)
    return replace(
        view,
        member=member,
        key=view.key.also(shadow_members=member),
        facts=Shadow(epochs=recipe.epochs, mae=_errors(population, member, np.asarray(view.signals["error"]))),
        refused={name: f"of the shadow model, {why}" for name, why in view.refused.items()},
    )


def with_same_noise(recipe: Recipe, run: RunFolder) -> Recipe:
    """Return a recipe whose noise is that of the target's training, which its attacker knows; nobody is promised
    anything by a shadow.
    """
    promised = read_training(run)
    if recipe.privacy is None or promised is None:
        return recipe
    privacy = replace(
        recipe.privacy,
        epsilon=None,
        noise_multiplier=promised.noise_multiplier,
        delta=_NO_PROMISE,
        secure_noise=False,
        epochs=None,
    )
    return replace(recipe, privacy=privacy)


def _errors(population: Material, member: Bool[np.ndarray, "scan"], error: Float[np.ndarray, "scan"]) -> ShadowErrors:
    """Return how well the shadow predicts those it was trained on, and the others."""
    names = population.scans.participant_id
    trained_on, others = (mean_error(error[mask], names[mask]) or MeanError() for mask in (member, ~member))
    return ShadowErrors(members=trained_on, nonmembers=others)
