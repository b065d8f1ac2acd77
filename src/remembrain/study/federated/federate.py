"""A federation from end to end: people are divided over learners, who train one model together, round after round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int

from remembrain._progress import progress
from remembrain.cohort.material import Material
from remembrain.config import Config, FederationOptions, RoundsOptions, TrainOptions
from remembrain.errors import UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.environments import ENVIRONMENTS
from remembrain.federation.flare.plan import Plan
from remembrain.federation.in_process import Federation, run_rounds
from remembrain.federation.learner import mean_age_told, weight_of
from remembrain.federation.learners import start_file
from remembrain.federation.promise import record_federation
from remembrain.federation.rounds import mean_age
from remembrain.run import RunFolder, write_json
from remembrain.run.streams import first_weights
from remembrain.study.federated.begin import KEY, Learners, begin, divided, insist, key_of
from remembrain.study.recipe import network_of, recipe_of
from remembrain.targets import networks, recipes, saved
from remembrain.targets._network import Network
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.targets.weights import fit
from remembrain.types import Scans


def federate(config: Config, path: Path, say: Callable[[str], None] = lambda _: None) -> RunFolder:
    """Divide people over learners and train one model over them; a rerun goes on after the last complete round.

    Who is where is drawn in ``figures/environment.svg`` and told (``say``) before training. The run folder gets
    ``rounds/NNN/``, the last community model as ``target/``, and who is where under ``restricted/``.

    Raises
    ------
    RemembrainError
        Where data, options or the run folder cannot be used, or a learner's model stops being a number.
    """
    name = network_of(config)
    options = config.federation or FederationOptions()
    if options.engine == "flare" and not options.simulate:
        raise UsageError(
            "real sites bring their own people, who are not in one folder",
            expected="--engine flare --simulate here, or remembrain federation start with a start-up kit",
        )
    training = config.training.model_copy(update={"network": name})
    data = config.data
    if options.environment not in (*ENVIRONMENTS, "site"):
        data = data.model_copy(update={"site_column": options.environment})
    config = config.model_copy(update={"training": training, "federation": options, "data": data})
    recipe, rounds = rounds_of(name, training, config.data.label, options)
    torch.set_num_threads(1)
    run = RunFolder.usable(path).insist_on("model")
    material, (learner, names) = divided(config, run)
    for line in material.lines():
        say(line)
    workers = config.data.workers
    network = networks.build(
        name,
        training.form,
        material.inputs.shape,
        mean_age=0.0,
        generator=first_weights(config.seed),
        dropout=recipe.dropout,
        width=recipe.width,
    )
    archive = Archive(run.path / "rounds")
    with run.alone():
        key = key_of(config, recipe, material, learner, names)
        insist(run, archive, key, rounds)
        say(begin(run, config, material, learner, names))
        write_json(run.restricted / KEY, dict(key.parts))
        network.start_at(_mean_age(run, material.scans, learner, recipe, config.seed))
        if options.engine == "flare":
            sites = {f"learner-{number}": called for number, called in names.items()}
            limits = options.time_limit, options.allow_missing
            _simulate(run, Plan(name, training.form, recipe, rounds, config.seed, sites, *limits), archive, workers)
            fit(network, archive.state(rounds), archive.community(rounds))
        else:
            federation = _in_process(network, material, (learner, names), recipe, rounds, config.seed)
            run_rounds(federation, archive, workers=workers)
        target = Target(network, name, training.form, material.inputs.shape, width=recipe.width)
        saved.save(replace(target, defences=recipe.defences, seed=config.seed), run.target)
        record_federation(run, archive, recipe, rounds)
    error = archive.facts(rounds)["mae_unseen"]
    run.log(f"trained {name} over {len(names)} learners for {rounds} rounds: {error:.2f} of unseen people")
    return run


def _in_process(
    network: Network, material: Material, learners: Learners, recipe: Recipe, rounds: int, seed: int
) -> Federation:
    """Return the federation as it is trained on this machine, every learner after or beside the other."""
    learner, names = learners
    own = {number: np.flatnonzero(learner == number) for number in names}
    scans, unseen = material.scans, np.flatnonzero(learner == 0)
    return Federation(
        network, material.inputs, scans.age, own, names, unseen, recipe, rounds, seed, scans.participant_id
    )


def rounds_of(name: str, training: TrainOptions, label: str, options: RoundsOptions) -> tuple[Recipe, int]:
    """Return a learner's round of a network, with what the user changed, and how many rounds there are."""
    if ":" in name:
        raise UsageError(f"{name} is a class of yours", expected="a network to train here: cnn3d, slice-mean, mlp")
    recipe = recipe_of(training, name, label, federated=True)
    rounds = options.rounds or recipes.ROUNDS[name]
    for defence in recipe.defences:
        rounds = defence.rounds(rounds)
    if recipe.privacy is not None:
        recipe = replace(recipe, privacy=recipe.privacy.for_epochs(rounds * recipe.epochs))
    return recipe, rounds


@contextmanager
def flare() -> Iterator[None]:
    """Say what to install where FLARE, which the block imports, is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", try_next="pip install 'remembrain[flare]'") from None


def _simulate(run: RunFolder, plan: Plan, archive: Archive, workers: int | None) -> None:
    """Run the rounds on FLARE, with a progress bar that follows what is kept of them."""
    with flare():
        from remembrain.study.federated.simulated_sites import simulate_rounds
    finished = 0
    with progress("training over FLARE's sites", plan.rounds) as advance:

        def complete() -> bool:
            nonlocal finished
            while archive.manifest(finished + 1).is_file():
                finished += 1
                advance(f"training over FLARE's sites, round {finished}/{plan.rounds}{archive.error_shown(finished)}")
            return finished >= plan.rounds

        simulate_rounds(run, plan, workers, complete)


def _mean_age(run: RunFolder, scans: Scans, learner: Int[np.ndarray, "scan"], recipe: Recipe, seed: int) -> float:
    """Return the mean age over learners, as sites who tell nothing else of their people can have it."""
    counts, means = {}, {}
    for number in np.unique(learner[learner > 0]).tolist():
        of_learner = learner == number
        counts[number] = weight_of(scans.participant_id[of_learner], recipe)
        path = run.restricted / start_file(number)
        means[number] = mean_age_told(
            scans.age[of_learner], scans.participant_id[of_learner], recipe, learner=number, seed=seed, kept=path
        )
    return mean_age(counts, means)
