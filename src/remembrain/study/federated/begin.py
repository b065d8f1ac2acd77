"""How a federation begins and ends: who has whom, that a run goes on as it began, and the last model as the target."""

from __future__ import annotations

from importlib import metadata

import numpy as np

from remembrain._text import shown
from remembrain.cohort.check import Cohort, Roles
from remembrain.cohort.material import Material
from remembrain.cohort.split_files import write_split
from remembrain.cohort.splits import make_split
from remembrain.config import Config, FederationOptions
from remembrain.config.roles import roles_kept
from remembrain.errors import DataError, UsageError
from remembrain.federation.environments import ENVIRONMENTS, divide
from remembrain.federation.learners import write_learners
from remembrain.federation.run_folder import Learners, draw_learners
from remembrain.run import Key, RunFolder
from remembrain.run.origin import run_facts
from remembrain.run.streams import stream
from remembrain.study.people import gather, read_cohort
from remembrain.targets.recipes import Recipe


def _with_sites(config: Config, environment: str) -> Cohort:
    """Read the people; where the environment is a column, it has to be there and to say something."""
    if environment in ENVIRONMENTS:
        return read_cohort(config.source, config.data)
    expected = f"{', '.join(ENVIRONMENTS)}, or a column of sites"
    try:
        cohort = read_cohort(config.source, config.data)
        if set(cohort.scans.site.tolist()) != {"n/a"}:
            return cohort
    except DataError as error:
        if repr(environment) not in error.what:
            raise
        expected += f" ({error.expected})"
    what = f"no environment and no column of sites {shown(environment)!r}"
    raise UsageError(what, where=config.source.name, expected=expected)


def divided(config: Config, options: FederationOptions, run: RunFolder) -> tuple[Material, Learners]:
    """Return the prepared scans, and whose they are."""
    cohort = _with_sites(config, options.environment)
    rng, unseen = stream(config.seed, "split of a federation"), options.unseen
    roles = Roles(lambda scans, _: make_split(scans, rng, {"member": 1 - unseen, "nonmember": unseen}), by_lot=True)
    material = gather(config, roles_kept(run.split) if run.split.exists() else roles, cohort=cohort)
    member, learner = material.split.places["member"], np.zeros(len(material.scans), dtype=int)
    scans = material.scans.take(member)
    learner[member], names = divide(scans, options.environment, options.learners, config.seed)
    return material, (learner, names)


def key_of(config: Config, recipe: Recipe, material: Material, learners: Learners) -> Key:
    """Return the key of everything that decides the rounds but their number."""
    scans, (learner, names) = material.scans, learners
    return Key.of(
        seed=config.seed,
        network=[config.training.network, config.training.form, list(material.inputs.shape)],
        settings=recipe.identity,
        people=scans.participant_id,
        sessions=scans.session_id,
        ages=scans.age,
        scans=list(material.inputs.keys()),
        learners=learner,
        names=[f"{number} {called}" for number, called in names.items()],
    )


def begin(run: RunFolder, config: Config, environment: str, material: Material, learners: Learners) -> str:
    """Start or continue the run folder, once it is known that everything in it can be used; return who is where."""
    (learner, names), scans, facts = learners, material.scans, run_facts(config.seed)
    RunFolder.create(run.path, facts)
    counts = ", ".join(f"{int((learner == number).sum())} of {name}" for number, name in names.items())
    version = metadata.version("remembrain")
    run.log(f"{facts['command']} (remembrain {version}): scans {counts}, {int((learner == 0).sum())} of nobody")
    write_split(run.split, scans, material.split, by_lot=material.by_lot)
    material.write_left_out(run.restricted)
    write_learners(run, scans, learner, names)
    config.located().write(run.path / "config.toml")
    return draw_learners(run, scans, learners, environment, material.label)
