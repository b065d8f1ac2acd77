"""A federation from end to end: people are divided over learners, who train one model together, round after round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int

from remembrain._progress import progress
from remembrain._text import shown
from remembrain.cohort.check import Cohort, Roles
from remembrain.cohort.material import Material
from remembrain.cohort.splits import make_split, write_split
from remembrain.config import Config, FederationOptions, GridName, RoundsOptions, TrainOptions
from remembrain.errors import DataError, UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.environments import ENVIRONMENTS, assign, by_column
from remembrain.federation.flare.plan import Plan
from remembrain.federation.in_process import Federation, run_rounds
from remembrain.federation.learner import mean_age_told, weight_of
from remembrain.federation.rounds import mean_age
from remembrain.report.document import Learner
from remembrain.report.figures.rounds import environment as draw_environment
from remembrain.report.figures.svg import alone
from remembrain.run import Key, RunFolder, write_json, write_text
from remembrain.run.kept import insist_same
from remembrain.run.streams import first_weights, stream
from remembrain.study.begun import run_facts
from remembrain.study.federated.learners import describe_learners, start_file, title_of, write_learners
from remembrain.study.federated.promises import record_federation
from remembrain.study.people import gather, read_cohort, roles_kept
from remembrain.study.recipe import network_of, recipe_of
from remembrain.targets import networks, recipes, saved
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.targets.weights import fit
from remembrain.types import Scans

_KEY = "federation.json"
Learners = tuple[Int[np.ndarray, "scan"], dict[int, str]]


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
    recipe, rounds = _recipe(name, training, config.data.label, options)
    torch.set_num_threads(1)
    run = RunFolder.usable(path).insist_on("model")
    material, (learner, names) = _divided(config, run)
    for line in material.lines():
        say(line)
    members = learner > 0
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
        key = _key_of(config, recipe, material, learner, names)
        _insist(run, archive, key, rounds)
        say(_begin(run, config, material, learner, names))
        write_json(run.restricted / _KEY, dict(key.parts))
        network.start_at(_mean_age(run, material.scans, learner, recipe, config.seed))
        if options.engine == "flare":
            plan = Plan(
                name,
                training.form,
                recipe,
                rounds,
                config.seed,
                {f"learner-{number}": called for number, called in names.items()},
                options.time_limit,
                options.allow_missing,
            )
            _simulate(run, plan, archive, config.data.workers)
            fit(network, archive.state(rounds), archive.community(rounds))
        else:
            own = {number: np.flatnonzero(learner == number) for number in names}
            unseen = np.flatnonzero(~members)
            federation = Federation(
                network,
                material.inputs,
                material.scans.age,
                own,
                names,
                unseen,
                recipe,
                rounds,
                config.seed,
                material.scans.participant_id,
            )
            run_rounds(federation, archive, workers=config.data.workers)
        target = Target(network, name, training.form, material.inputs.shape, width=recipe.width)
        saved.save(replace(target, defences=recipe.defences, seed=config.seed), run.target)
        record_federation(run, archive, recipe, rounds)
    error = archive.facts(rounds)["mae_unseen"]
    run.log(f"trained {name} over {len(names)} learners for {rounds} rounds: {error:.2f} of unseen people")
    return run


def start(
    kit: Path,
    path: Path,
    training: TrainOptions,
    options: RoundsOptions,
    grid: GridName,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> RunFolder:
    """Train one model over real sites, whose start-up kits are running; a rerun goes on after the last complete round.

    The run folder gets ``rounds/NNN/`` and the last community model as ``target/``. People stay at their sites, so that
    it holds nothing to attack with: each site audits the model on its own people. Which sites left out too few for that
    is told (``say``) when the training begins, and which did not get the final model at its end.

    Raises
    ------
    RemembrainError
        Where the server cannot be reached, or the federation failed, naming the site.
    """
    with _flare():
        from remembrain.federation.flare.session import sites_of
        from remembrain.study.federated.flaring import start_rounds
    name = training.network or "cnn3d"
    recipe, rounds = _recipe(name, training, "age", options)
    if recipe.privacy is not None and recipe.privacy.noise_multiplier != 0 and not recipe.privacy.secure_noise:
        raise UsageError(
            "noise would come from the seed, which the server and every site are sent and can take it away with",
            try_next="--secure-noise",
        )
    sites = {site: site for site in sites_of(kit)}
    plan = Plan(name, training.form, recipe, rounds, seed, sites, options.time_limit, options.allow_missing)
    run = RunFolder.usable(path).insist_on("model")
    facts, archive = run_facts(seed), Archive(run.path / "rounds")
    with run.alone():
        key = Key.of(plan=plan.identity, grid=grid)
        _insist(run, archive, key, rounds)
        RunFolder.create(run.path, facts)
        write_json(run.restricted / _KEY, dict(key.parts))
        run.log(f"{facts['command']} (remembrain {metadata.version('remembrain')}): {', '.join(sites)}")
        with progress(f"{len(sites)} sites train {name}", 0) as advance:
            start_rounds(kit, run, plan, grid, lambda: advance(None, 0), say)
        shape = tuple(archive.facts(0)["shape"])
        network = networks.build(
            name, training.form, shape, mean_age=0.0, generator=torch.Generator(), width=recipe.width
        )
        fit(network, archive.state(rounds), archive.community(rounds))
        target = Target(network, name, training.form, shape, width=recipe.width, defences=recipe.defences, seed=seed)
        saved.save(target, run.target)
        record_federation(run, archive, recipe, rounds)
    run.log(f"trained {name} over {len(sites)} sites for {rounds} rounds")
    return run


def make_kits(sites: Path, out: Path) -> str:
    """Make start-up kits for a federation of real sites; return what each party does with its own.

    Raises
    ------
    DataError
        Where ``sites.toml`` is wrong, naming the key, or the folder is not empty.
    """
    with _flare():
        from remembrain.federation.flare.provision import SITE_FILE, provision, read_sites
    federation = read_sites(sites)
    kits = provision(federation, out)
    lines = [
        "Every kit holds a private key: give it to its owner alone, over a safe way. On every machine:",
        "",
        "  pip install 'remembrain[flare]'",
        "",
        f"{federation.server.host} (the server; port {federation.server.port} open to all sites):",
        f"  cd {kits.server} && ./startup/start.sh",
    ]
    for kit in kits.sites:
        lines += [
            f"{kit.name} (a site; nothing has to be open):",
            f"  edit {kit}/local/{SITE_FILE}",
            f"  cd {kit} && ./startup/start.sh",
        ]
    lines += [
        f"{federation.coordinator.email} (who starts the training, and may be stopped and start it again):",
        f"  remembrain federation start {kits.coordinator} runs/sites --network cnn3d",
    ]
    return "\n".join(lines)


def _recipe(name: str, training: TrainOptions, label: str, options: RoundsOptions) -> tuple[Recipe, int]:
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
def _flare() -> Iterator[None]:
    """Say what to install where FLARE, which the block imports, is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", try_next="pip install 'remembrain[flare]'") from None


def _ages(learner: Learner, unit: str) -> str:
    """Return how old a learner's people are, as far as it may be told of so many."""
    if learner.age_mean is None:
        return ""
    return f", {learner.age_mean:g}{'' if learner.age_sd is None else f' ± {learner.age_sd:g}'} {unit}"


def _simulate(run: RunFolder, plan: Plan, archive: Archive, workers: int | None) -> None:
    """Run the rounds on FLARE, with a progress bar that follows what is kept of them."""
    with _flare():
        from remembrain.study.federated.flaring import simulate_rounds
    done = 0
    with progress("training over FLARE's sites", plan.rounds) as advance:

        def complete() -> bool:
            nonlocal done
            while archive.manifest(done + 1).is_file():
                done += 1
                advance(f"training over FLARE's sites, round {done}/{plan.rounds}{archive.error_shown(done)}")
            return done >= plan.rounds

        simulate_rounds(run, plan, workers, complete)


def _mean_age(run: RunFolder, scans: Scans, learner: Int[np.ndarray, "scan"], recipe: Recipe, seed: int) -> float:
    """Return the mean age over learners, as sites who tell nothing else of their people can have it."""
    counts, means = {}, {}
    for number in np.unique(learner[learner > 0]).tolist():
        mine = learner == number
        counts[number] = weight_of(scans.participant_id[mine], recipe)
        kept = run.restricted / start_file(number)
        means[number] = mean_age_told(
            scans.age[mine], scans.participant_id[mine], recipe, learner=number, seed=seed, kept=kept
        )
    return mean_age(counts, means)


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


def _divided(config: Config, run: RunFolder) -> tuple[Material, Learners]:
    """Return the prepared scans, whose learners they are (0 for unseen people), and what the learners are called."""
    options = config.federation or FederationOptions()
    cohort = _with_sites(config, options.environment)
    rng = stream(config.seed, "split of a federation")
    unseen = options.unseen
    drawn = Roles(
        lambda scans, _: make_split(scans, rng, members=1 - unseen, nonmembers=unseen, validation=0), by_lot=True
    )
    material = gather(config, roles_kept(run.split) if run.split.exists() else drawn, cohort=cohort)
    member = material.split.index("member")
    ours, names = _learners(material.scans.take(member), options, config.seed)
    learner = np.zeros(len(material.scans), dtype=int)
    learner[member] = ours
    return material, (learner, names)


def _learners(scans: Scans, options: FederationOptions, seed: int) -> Learners:
    """Return the learner of each member's scan, and what the learners are called."""
    if options.environment not in ENVIRONMENTS:
        learner, names = by_column(scans.site, scans)
        return learner, dict(enumerate(names, start=1))
    rng = stream(seed, "learners")
    learner = assign(scans, ENVIRONMENTS[options.environment], options.learners, rng)
    return learner, {number: f"learner-{number}" for number in range(1, options.learners + 1)}


def _insist(run: RunFolder, archive: Archive, key: Key, rounds: int) -> None:
    """Raise where the folder holds another federation; forget what was concluded from fewer or more rounds.

    Raises
    ------
    DataError
        Naming what differs; nothing was changed.
    """
    if (run.target / saved.FACTS).is_file() and not (run.path / "rounds").is_dir():
        raise DataError("holds a model that no federation trained", where=run.path, expected="a new folder")
    insist_same(run.restricted / _KEY, key, "a federation")
    if not archive.manifest(rounds).is_file() or archive.last() != rounds:
        run.forget()


def _key_of(
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


def _begin(
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
    told = [Learner(**one) for one in describe_learners(material.scans, own, names)]
    unit = "years" if material.label == "age" else f"units of {material.label}"
    title = title_of(config.federation or FederationOptions())
    picture = draw_environment(told, title, material.label, unit)
    write_text(run.figures / "environment.svg", alone(picture, "environment"))
    lines = [f"  {one.name}: about {one.people} people{_ages(one, unit)}" for one in told]
    nobody = len(np.unique(material.scans.participant_id[learner == 0]))
    listed = "\n".join([f"{title}:", *lines, f"  nobody: {nobody} people"])
    config.model_copy(update={"source": config.source.resolve()}).write(run.path / "config.toml")
    return f"{listed}\n  drawn in {run.figures / 'environment.svg'}"
