"""How a federation begins: who has whom, and that a run goes on as it began."""

from __future__ import annotations

from importlib import metadata

import numpy as np
from jaxtyping import Int

from remembrain._text import shown
from remembrain.cohort.check import Cohort, Roles
from remembrain.cohort.material import Material
from remembrain.cohort.splits import make_split, write_split
from remembrain.config import Config, FederationOptions
from remembrain.errors import DataError, UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.environments import ENVIRONMENTS, assign, by_column
from remembrain.federation.learners import describe_learners, title_of, write_learners
from remembrain.record.federation import Learner
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
from remembrain.types import Scans

KEY = "federation.json"


Learners = tuple[Int[np.ndarray, "scan"], dict[int, str]]


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


def divided(config: Config, run: RunFolder) -> tuple[Material, Learners]:
    """Return the prepared scans, whose learners they are (0 for unseen people), and what the learners are called."""
    options = config.federation or FederationOptions()
    cohort = _with_sites(config, options.environment)
    rng = stream(config.seed, "split of a federation")
    unseen = options.unseen
    roles = Roles(
        lambda scans, _: make_split(scans, rng, members=1 - unseen, nonmembers=unseen, validation=0), by_lot=True
    )
    material = gather(config, roles_kept(run.split) if run.split.exists() else roles, cohort=cohort)
    member = material.split.index("member")
    of_members, names = _learners(material.scans.take(member), options, config.seed)
    learner = np.zeros(len(material.scans), dtype=int)
    learner[member] = of_members
    return material, (learner, names)


def _learners(scans: Scans, options: FederationOptions, seed: int) -> Learners:
    """Return the learner of each member's scan, and what the learners are called."""
    if options.environment not in ENVIRONMENTS:
        learner, names = by_column(scans.site, scans)
        return learner, dict(enumerate(names, start=1))
    rng = stream(seed, "learners")
    learner = assign(scans, ENVIRONMENTS[options.environment], options.learners, rng)
    return learner, {number: f"learner-{number}" for number in range(1, options.learners + 1)}


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


def key_of(
    config: Config, recipe: Recipe, material: Material, learner: Int[np.ndarray, "scan"], names: dict[int, str]
) -> Key:
    """Return the key of everything that decides the rounds but their number."""
    scans = material.scans
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


def begin(
    run: RunFolder, config: Config, material: Material, learner: Int[np.ndarray, "scan"], names: dict[int, str]
) -> str:
    """Start or continue the run folder, once it is known that everything in it can be used; return who is where."""
    facts = run_facts(config.seed)
    RunFolder.create(run.path, facts)
    counts = ", ".join(f"{int((learner == number).sum())} of {name}" for number, name in names.items())
    version = metadata.version("remembrain")
    run.log(f"{facts['command']} (remembrain {version}): scans {counts}, {int((learner == 0).sum())} of nobody")
    write_split(run.split, material.scans, material.split, by_lot=material.by_lot)
    material.write_left_out(run.restricted)
    write_learners(run, material.scans, learner, names)
    own = {number: learner == number for number in names}
    learners = [Learner(**described) for described in describe_learners(material.scans, own, names)]
    unit = "years" if material.label == "age" else f"units of {material.label}"
    title = title_of((config.federation or FederationOptions()).environment)
    picture = draw_environment(learners, title, material.label, unit)
    write_text(run.figures / "environment.svg", alone(picture, "environment"))
    lines = [f"  {learner.name}: about {learner.people} people{ages(learner, unit)}" for learner in learners]
    nobody = len(np.unique(material.scans.participant_id[learner == 0]))
    listed = "\n".join([f"{title}:", *lines, f"  nobody: {nobody} people"])
    config.model_copy(update={"source": config.source.resolve()}).write(run.path / "config.toml")
    return f"{listed}\n  drawn in {run.figures / 'environment.svg'}"


def ages(learner: Learner, unit: str) -> str:
    """Return how old a learner's people are, as far as it may be told of so many."""
    if learner.age_mean is None:
        return ""
    return f", {learner.age_mean:g}{'' if learner.age_sd is None else f' ± {learner.age_sd:g}'} {unit}"
