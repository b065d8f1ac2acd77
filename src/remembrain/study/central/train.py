"""A network trained on the members of a split; a rerun goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float

from remembrain.audits.feeding import keep_owner, refuse_owner
from remembrain.audits.outlook import Say, quiet
from remembrain.cohort import canaries
from remembrain.cohort.material import AUDITED, Material
from remembrain.config import Config
from remembrain.config.recipe import network_of, recipe_of
from remembrain.query.extra_inputs import accompany
from remembrain.references.shadow import Architecture
from remembrain.run import Key, RunFolder
from remembrain.study.central.begin import Foresee, any_people, arguments_of, begin_run, prepared
from remembrain.study.people import Read, read_cohort
from remembrain.targets import imported, saved, training
from remembrain.targets._network import Network
from remembrain.targets.model import Target, initialise_lazy, try_one
from remembrain.targets.private.mechanism import Mechanism
from remembrain.targets.private.promise import PRIVACY, promised, record_training
from remembrain.targets.recipes import Recipe
from remembrain.targets.start import start_age
from remembrain.types import Texts

START = "start.json"


def train(
    config: Config, path: Path, say: Say = quiet, foresee: Foresee = any_people, read: Read = read_cohort
) -> RunFolder:
    """Split the people and train a network on the members; a rerun goes on where it stopped.

    ``foresee`` looks at the people and their split before any work, and ``read`` reads the data. What was left out of
    them, guessed or filled in is told (``say``), a line each.

    Raises
    ------
    RemembrainError
        Where data, options or the run folder cannot be used; everything found wrong is listed at once.
    """
    refuse_owner(config.imported.owner_predictions, config.imported.owner_tolerance)
    name = network_of(config)
    config = config.model_copy(update={"training": config.training.model_copy(update={"network": name})})
    recipe = recipe_of(config.training, name, config.data.label)
    torch.set_num_threads(1)
    users_target = _users_target(config, name)
    material, run, _ = prepared(config, path, say, foresee, read, users_target)
    if users_target is not None:
        users_target, material = accompany(users_target, material)
    ours = Architecture(name, config.training.form, material.inputs.shape)
    plan = _plan(config, recipe, material, users_target or ours.make(recipe, 0.0, config.seed))
    with run.alone():
        if not training.checkpoint_of(run.epochs, plan.key).insist():
            run.forget()  # it will be of another model
            (run.target / saved.FACTS).unlink(missing_ok=True)  # no attack before that one is there
        begin_run(run, config, material)
        if users_target is None and isinstance(plan.target.module, Network):
            start = start_age(recipe, plan.age, plan.person, config.seed, run.restricted / START)
            plan.target.module.start_at(start)
        trained = _trained(run, config, recipe, plan, ours=users_target is None)
        (run.target / PRIVACY).unlink(missing_ok=True)
        keep_owner(run, None, material.scans, material.label)
        canaries.write(run, plan.audited, plan.lures)
        saved.save(plan.target, run.target)
        record_training(run, trained, plan.person)
    last = trained.history[-1]
    errors = f"{last['mae_member']:.2f} of members, {last['mae_nonmember']:.2f} of non-members"
    privately = f", epsilon {last['epsilon']:.3g}" if "epsilon" in last else ""
    run.log(
        f"trained {name.rpartition('/')[2]} for {len(trained.history)} epochs: mean absolute error {errors}{privately}"
    )
    return run


@dataclass(frozen=True, eq=False)
class _Plan:
    """What is trained on whom: the target with its first weights, the scans, canaries, the promise and the key of it.

    ``age`` and ``person`` are of the scans that are trained on.
    """

    target: Target
    audited: Material
    lures: canaries.Canaries
    age: Float[np.ndarray, "scan"]
    person: Texts
    mechanism: Mechanism | None
    people: training.People
    key: Key


def _plan(config: Config, recipe: Recipe, material: Material, target: Target) -> _Plan:
    """Return what will be trained on whom, once it is known that it can be."""
    audited = material.ordered((*AUDITED, "canary"))
    scans, split = audited.scans, audited.split
    lures = canaries.draw(audited, config.split.canary_shift, config.seed)
    trained_on = np.union1d(split.places["member"], lures.included)
    age, person = scans.age[trained_on], scans.participant_id[trained_on]
    mechanism = promised(recipe, age, person)
    target = replace(target, defences=recipe.defences, seed=config.seed)
    try_one(target, audited.inputs[0])
    initialise_lazy(target.module, audited.inputs, config.seed)
    roles = {role: split.places[role] for role in AUDITED}
    extra = lures.included if len(lures.included) else None
    people = training.People(audited.inputs, lures.ages(scans.age), roles, scans.participant_id, extra)
    key = training.key_of(target, people, recipe, config.seed)
    return _Plan(target, audited, lures, age, person, mechanism, people, key)


def _trained(run: RunFolder, config: Config, recipe: Recipe, plan: _Plan, *, ours: bool) -> training.Trained:
    """Train the target of a plan; how one of ours starts was released under noise, and is part of what is spent."""
    people = replace(plan.people, spent_before=plan.mechanism.spent(0) if plan.mechanism and ours else ())
    kept, description = training.Kept(run.target, run.epochs, plan.key), plan.target.name.rpartition("/")[2]
    return training.train(plan.target, people, recipe, kept, config.seed, f"training {description}")


def _users_target(config: Config, name: str) -> Target | None:
    """Return a model of the user's own class with fresh weights, where the network is one."""
    return imported.fresh(name, arguments_of(config.training.network_arguments), config.seed) if ":" in name else None
