"""How a federation begins and ends: who has whom, that a run goes on as it began, and the last model as the target."""

from __future__ import annotations

from importlib import metadata

import numpy as np
from jaxtyping import Int

from remembrain._text import shown
from remembrain.cohort.check import Cohort, Roles
from remembrain.cohort.material import Material
from remembrain.cohort.split_files import write_split
from remembrain.cohort.splits import make_split
from remembrain.config import Config, FederationOptions
from remembrain.errors import DataError, UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.environments import ENVIRONMENTS, divide
from remembrain.federation.flare.plan import Plan
from remembrain.federation.learners import describe_learners, listed, title_of, write_learners
from remembrain.federation.promise import record_federation
from remembrain.report.figures.rounds import environment as draw_environment
from remembrain.report.figures.svg import alone
from remembrain.run import Key, RunFolder, write_text
from remembrain.run.kept import insist_same
from remembrain.run.streams import stream
from remembrain.study.origin import run_facts
from remembrain.study.people import gather, read_cohort
from remembrain.study.roles import roles_kept
from remembrain.targets import saved
from remembrain.targets.recipes import Recipe

KEY = "federation.json"
Learners = tuple[Int[np.ndarray, "scan"], dict[int, str]]
"""Whose each scan is (0 for unseen people), and what the learners are called."""


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


def insist(run: RunFolder, archive: Archive, key: Key, rounds: int) -> None:
    """Raise where the folder holds another federation; forget what was concluded from fewer or more rounds.

    Raises
    ------
    DataError
        Naming what differs; nothing was changed.
    """
    if (run.target / saved.FACTS).is_file() and not (run.path / "rounds").is_dir():
        raise DataError("holds a model that no federation trained", where=run.path, expected="a new folder")
    insist_same(run.restricted / KEY, key, "a federation")
    if not archive.manifest(rounds).is_file() or archive.last() != rounds:
        run.forget()


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
    described = describe_learners(scans, {number: learner == number for number in names}, names)
    unit = "years" if material.label == "age" else f"units of {material.label}"
    title, picture = title_of(environment), run.figures / "environment.svg"
    write_text(picture, alone(draw_environment(described, title, material.label, unit), "environment"))
    config.located().write(run.path / "config.toml")
    nobody = len(np.unique(scans.participant_id[learner == 0]))
    return f"{listed(described, nobody, title, unit)}\n  drawn in {picture}"


def keep_last(run: RunFolder, archive: Archive, plan: Plan, shape: tuple[int, ...]) -> None:
    """Keep the last community model as the target, and beside it what was promised of it."""
    saved.save(plan.community(shape, archive.state(plan.rounds), archive.community(plan.rounds)), run.target)
    record_federation(run, archive, plan.recipe, plan.rounds)
