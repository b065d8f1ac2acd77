"""A federation from end to end: people are divided over learners, who train one model together, round after round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from remembrain.cohort.material import Material
from remembrain.config import Config, FederationOptions
from remembrain.config.recipe import network_of, rounds_of
from remembrain.errors import UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.environments import ENVIRONMENTS
from remembrain.federation.flare import installed
from remembrain.federation.flare.plan import Plan
from remembrain.federation.in_process import Federation, run_rounds
from remembrain.federation.rounds import mean_age_of
from remembrain.federation.run_folder import KEY, Learners, insist, keep_last
from remembrain.run import RunFolder, write_json
from remembrain.study.federated.begin import begin, divided, key_of


def federate(config: Config, path: Path, say: Callable[[str], None] = lambda _: None) -> RunFolder:
    """Divide people over learners and train one model over them; a rerun goes on after the last complete round.

    Who is where is drawn in ``figures/environment.svg`` and told (``say``) before training. The run folder gets
    ``rounds/NNN/``, the last community model as ``target/``, and who is where under ``restricted/``.

    Raises
    ------
    RemembrainError
        Where data, options or the run folder cannot be used, or a learner's model stops being a number.
    """
    config, options = _settled(config)
    training, name = config.training, network_of(config)
    recipe, rounds = rounds_of(name, training, config.data.label, options)
    torch.set_num_threads(1)
    run = RunFolder.usable(path).insist_on("model")
    material, learners = divided(config, options, run)
    for line in material.lines():
        say(line)
    sites = {f"learner-{number}": called for number, called in learners[1].items()}
    plan = Plan(name, training.form, recipe, rounds, config.seed, sites, options.time_limit, options.allow_missing)
    plan.network_for(material.inputs.shape)  # or an error
    archive = Archive(run.path / "rounds")
    with run.alone():
        key = key_of(config, recipe, material, learners)
        insist(run, archive, key, rounds)
        say(begin(run, config, options.environment, material, learners))
        write_json(run.restricted / KEY, dict(key.parts))
        _train(run, archive, plan, material, learners, config.data.workers, on_flare=options.engine == "flare")
        keep_last(run, archive, plan, material.inputs.shape)
    error = archive.error(rounds).mae_unseen
    run.log(f"trained {name} over {len(sites)} learners for {rounds} rounds: {error:.2f} of unseen people")
    return run


def _settled(config: Config) -> tuple[Config, FederationOptions]:
    """Return everything that was left to be settled by the data, as it is kept."""
    options = config.federation or FederationOptions()
    if options.engine == "flare" and not options.simulate:
        raise UsageError(
            "real sites bring their own people, who are not in one folder",
            expected="--engine flare --simulate here, or remembrain federation start with a start-up kit",
        )
    training = config.training.model_copy(update={"network": network_of(config)})
    data = config.data
    if options.environment not in (*ENVIRONMENTS, "site"):
        data = data.model_copy(update={"site_column": options.environment})
    return config.model_copy(update={"training": training, "federation": options, "data": data}), options


def _train(
    run: RunFolder,
    archive: Archive,
    plan: Plan,
    material: Material,
    learners: Learners,
    workers: int | None,
    *,
    on_flare: bool,
) -> None:
    """Run the rounds: on FLARE, or on this machine, every learner after or beside the other."""
    (learner, names), scans = learners, material.scans
    age = mean_age_of(run.restricted, scans, learner, plan.recipe, plan.seed)
    if on_flare:
        with installed():
            from remembrain.federation.flare.simulator import simulate_rounds
        simulate_rounds(run.path, plan, workers)
        return
    own = {number: np.flatnonzero(learner == number) for number in names}
    federation = Federation(
        plan.network_for(material.inputs.shape, age),
        material.inputs,
        scans.age,
        own,
        names,
        np.flatnonzero(learner == 0),
        plan.recipe,
        plan.rounds,
        plan.seed,
        scans.participant_id,
    )
    run_rounds(federation, archive, workers=workers)
