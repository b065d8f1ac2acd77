"""A federation from end to end: people are divided over learners, who train one model together, round after round."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int

from remembrain.cohort.splits import make_split, read_split, write_split
from remembrain.config import Config, FederationOptions
from remembrain.errors import UsageError
from remembrain.federation.archive import Archive
from remembrain.federation.environments import ENVIRONMENTS, assign, by_column
from remembrain.federation.in_process import Federation, run_rounds
from remembrain.federation.rounds import mean_age
from remembrain.run import RunFolder, write_text
from remembrain.study.facts import run_facts
from remembrain.study.material import Material, insist, make_material, read_cohort
from remembrain.target import networks, recipes, saved
from remembrain.target.model import Target
from remembrain.types import Scans

_STREAM = 11
Learners = tuple[Int[np.ndarray, "scan"], dict[int, str]]


def federate(config: Config, path: Path) -> RunFolder:
    """Divide people over learners and train one model over them; a rerun goes on after the last complete round.

    The run folder gets ``rounds/NNN/``, the last community model as ``target/``, and who is where under
    ``restricted/``.

    Raises
    ------
    RemembrainError
        Where data, options or the run folder cannot be used, or a learner's model stops being a number.
    """
    name = config.training.network or ("cnn3d" if config.source.is_dir() else "mlp")
    if ":" in name:
        raise UsageError(f"{name} is a class of yours", expected="a network to train here: cnn3d, slice-mean, mlp")
    options = config.federation or FederationOptions()
    training = config.training.model_copy(update={"network": name})
    data = config.data
    if options.environment not in ENVIRONMENTS and config.source.is_file():
        data = data.model_copy(update={"site_column": options.environment})
    config = config.model_copy(update={"training": training, "federation": options, "data": data})
    recipe = recipes.recipe(
        name,
        training.form,
        federated=True,
        epochs=training.epochs,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        batch_size=training.batch_size,
        dropout=training.dropout,
    )
    torch.set_num_threads(1)
    run = RunFolder.usable(path)
    material, (learner, names) = _divided(config, run)
    members = learner > 0
    network = networks.build(
        name,
        training.form,
        material.inputs.shape,
        mean_age=_mean_age(material.scans, learner),
        generator=torch.Generator().manual_seed(config.seed),
        dropout=recipe.dropout,
    )
    _begin(run, config, material, learner, names)
    federation = Federation(
        network,
        material.inputs,
        material.scans.age,
        {number: np.flatnonzero(learner == number) for number in names},
        names,
        np.flatnonzero(~members),
        recipe,
        options.rounds or recipes.ROUNDS[name],
        config.seed,
    )
    archive = Archive(run.path / "rounds")
    with run.alone():
        run_rounds(federation, archive, workers=config.data.workers)
        saved.save(Target(network, name, training.form, material.inputs.shape), run.target)
    error = archive.facts(federation.rounds)["mae_unseen"]
    run.log(f"trained {name} over {len(names)} learners for {federation.rounds} rounds: {error:.2f} of unseen people")
    return run


def _mean_age(scans: Scans, learner: Int[np.ndarray, "scan"]) -> float:
    """Return the mean age over learners, as sites who tell nothing else of their people can have it."""
    of_learner = {number: scans.age[learner == number] for number in np.unique(learner[learner > 0]).tolist()}
    return mean_age(
        {number: len(age) for number, age in of_learner.items()},
        {number: float(age.mean()) for number, age in of_learner.items()},
    )


def _divided(config: Config, run: RunFolder) -> tuple[Material, Learners]:
    """Return the prepared scans, whose learners they are (0 for unseen people), and what the learners are called."""
    options = config.federation or FederationOptions()
    cohort = read_cohort(config.source, config.data)
    insist(cohort, config.source)
    scans = cohort.scans
    other = config.source.is_dir() and options.environment != "site"
    if options.environment not in ENVIRONMENTS and (other or set(scans.site.tolist()) == {"n/a"}):
        columns = "site (the column of participants.tsv)" if config.source.is_dir() else "a column of the table"
        raise UsageError(
            f"no environment and no column of sites {options.environment!r}",
            where=config.source.name,
            expected=f"{', '.join(ENVIRONMENTS)}, or {columns}",
        )
    if run.split.exists():
        split = read_split(run.split, scans)
    else:
        rng = np.random.default_rng([config.seed, 1])
        split = make_split(scans, rng, members=1 - options.unseen, nonmembers=options.unseen, validation=0)
    material = make_material(cohort, split, config)
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
    rng = np.random.default_rng([seed, _STREAM])
    learner = assign(scans, ENVIRONMENTS[options.environment], options.learners, rng)
    return learner, {number: f"learner-{number}" for number in range(1, options.learners + 1)}


def _begin(
    run: RunFolder, config: Config, material: Material, learner: Int[np.ndarray, "scan"], names: dict[int, str]
) -> None:
    """Start or continue the run folder, once it is known that everything in it can be used."""
    facts = run_facts(config.seed)
    RunFolder.create(run.path, facts)
    for stale in (run.evidence, run.path / "report.html"):
        stale.unlink(missing_ok=True)
    counts = ", ".join(f"{int((learner == number).sum())} of {name}" for number, name in names.items())
    version = metadata.version("remembrain")
    run.log(f"{facts['command']} (remembrain {version}): scans {counts}, {int((learner == 0).sum())} of nobody")
    write_split(run.split, material.scans, material.split)
    rows = [
        f"{person}\t{session or 'n/a'}\t{number}\t{names[int(number)]}"
        for person, session, number in zip(
            material.scans.participant_id, material.scans.session_id, learner, strict=True
        )
        if number
    ]
    header = "participant_id\tsession_id\tlearner\tname"
    write_text(run.restricted / "learners.tsv", "\n".join([header, *rows]) + "\n")
    config.model_copy(update={"source": config.source.resolve()}).write(run.path / "config.toml")
