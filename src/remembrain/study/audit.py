"""An audit from end to end: a split, a target, its signals, attacks on them, the evidence and the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from remembrain import report
from remembrain.attacks import REFERENCES, ROUNDS, select
from remembrain.cohort.splits import Split, write_split
from remembrain.config import AttackOptions, Config
from remembrain.errors import DataError, UsageError
from remembrain.evidence.feeding import Owner
from remembrain.run import RunFolder, write_text
from remembrain.signals import check_names
from remembrain.study import canaries
from remembrain.study.asking import ELSEWHERE
from remembrain.study.assessing import assess_target
from remembrain.study.begun import run_facts
from remembrain.study.describing import WORDS
from remembrain.study.feeding import keep_owner, kept_owner, read_owner, refuse_owner
from remembrain.study.gathering import Evidence
from remembrain.study.insiders import assess_insiders
from remembrain.study.material import AUDITED, Material, decide_split, insist, make_material, read_cohort
from remembrain.study.outlook import Say, foresee, quiet
from remembrain.study.promises import PRIVACY, promised, record_training
from remembrain.study.recipe import network_of, recipe_of
from remembrain.study.referencing import cluster_of
from remembrain.target import imported, networks, saved, training
from remembrain.target._network import Network
from remembrain.target.model import Target, try_one
from remembrain.target.recipes import Recipe
from remembrain.target.start import start_age
from remembrain.types import Attack, Scans

START = "start.json"
Foresee = Callable[[Scans, Split], None]


def any_people(_scans: Scans, _split: Split) -> None:
    """Take whatever people there are: a model may be trained on fewer than an audit needs."""


def train(config: Config, path: Path, foresee: Foresee = any_people) -> RunFolder:
    """Split the people and train a network on the members; a rerun goes on where it stopped.

    ``foresee`` looks at the people and their split before any work.

    Raises
    ------
    RemembrainError
        Where data, options or the run folder cannot be used; everything found wrong is listed at once.
    """
    refuse_owner(config.imported)
    name = network_of(config)
    config = config.model_copy(update={"training": config.training.model_copy(update={"network": name})})
    recipe = recipe_of(config.training, name, config.data.label)
    torch.set_num_threads(1)
    given = _given(config, name)
    material, run, _ = _prepared(config, path, foresee, given)
    audited = material.ordered((*AUDITED, "canary"))
    scans, split = audited.scans, audited.split
    lures = canaries.draw(audited, config.split.canary_shift, config.seed)
    trained_on = np.union1d(split.index("member"), lures.included)
    age, person = scans.age[trained_on], scans.participant_id[trained_on]
    mechanism = promised(recipe, age, person)
    target = given or _built(config, name, recipe, material)
    target = replace(target, defences=recipe.defences, seed=config.seed)
    try_one(target, audited.inputs[0])
    before = run.path / "config.toml"
    options = before.read_text(encoding="utf-8") if before.is_file() else None
    _begin(run, config, material)
    with run.alone(), _unless_refused(run, options):
        if given is None and isinstance(target.module, Network):
            target.module.start_at(start_age(recipe, age, person, config.seed, run.restricted / START))
        trained = training.train(
            target,
            audited.inputs,
            lures.ages(scans.age),
            roles={role: split.index(role) for role in AUDITED},
            recipe=recipe,
            folder=run.target,
            epochs_folder=run.restricted / "epochs",
            seed=config.seed,
            description=f"training {name.rpartition('/')[2]}",
            person=scans.participant_id,
            extra=lures.included if len(lures.included) else None,
            spent_before=mechanism.spent(0) if mechanism and given is None else (),
        )
        (run.target / PRIVACY).unlink(missing_ok=True)
        keep_owner(run, None, material.scans, material.label)
        canaries.write(run, audited, lures)
        saved.save(target, run.target)
        record_training(run, trained, person)
    last = trained.history[-1]
    errors = f"{last['mae_member']:.2f} of members, {last['mae_nonmember']:.2f} of non-members"
    privately = f", epsilon {last['epsilon']:.3g}" if "epsilon" in last else ""
    run.log(
        f"trained {name.rpartition('/')[2]} for {len(trained.history)} epochs: mean absolute error {errors}{privately}"
    )
    return run


@contextmanager
def _unless_refused(run: RunFolder, options: str | None) -> Iterator[None]:
    """Put the options of a run back where another training into it is refused: the model there is still of those."""
    try:
        yield
    except DataError:
        if options is not None and (run.target / "target.toml").is_file():
            write_text(run.path / "config.toml", options)
        raise


def _given(config: Config, name: str) -> Target | None:
    """Return a model of the user's own class with fresh weights, where the network is one."""
    return imported.fresh(name, _arguments(config.training.network_arguments), config.seed) if ":" in name else None


def _built(config: Config, name: str, recipe: Recipe, material: Material) -> Target:
    """Return one of our networks with fresh weights, whose output starts nowhere yet."""
    form, shape = config.training.form, material.inputs.shape
    generator = torch.Generator().manual_seed(config.seed)
    network = networks.build(
        name, form, shape, mean_age=0.0, generator=generator, dropout=recipe.dropout, width=recipe.width
    )
    return Target(network, name, form, shape, width=recipe.width)


def bring_in(config: Config, path: Path, foresee: Foresee = any_people) -> RunFolder:
    """Bring in a model that was trained elsewhere, with the people it was and was not trained on.

    ``foresee`` looks at the people and their split before any work.

    Raises
    ------
    UsageError
        Where weights, the class or the split are not named.
    DataError
        Where weights do not fit, the model cannot read the scans, or its owner's predictions cannot be read.
    """
    options = config.training
    if config.imported.weights is None or not options.network or ":" not in options.network:
        raise UsageError(
            "a model to import needs its weights and its class", expected="--weights F --network module:Class"
        )
    if config.split.split is None and config.split.members_list is None:
        raise UsageError(
            "who the model was trained on is not said",
            expected="--split split.tsv, or --members-list and --nonmembers-list",
        )
    torch.set_num_threads(1)
    target = imported.load(options.network, config.imported.weights, _arguments(config.training.network_arguments))
    material, run, owner = _prepared(config, path, foresee, target)
    try_one(target, material.inputs[0])
    _begin(run, config, material)
    for stale in (run.target / "training.tsv", run.target / PRIVACY, run.restricted / canaries.FILE):
        stale.unlink(missing_ok=True)  # of a network that was trained here before
    keep_owner(run, owner, material.scans, material.label)
    saved.save(target, run.target)
    run.log(f"brought in {target.name.rpartition('/')[2]}, {target.parameters} parameters")
    return run


def _arguments(text: str) -> dict[str, Any]:
    """Return the arguments of a class from JSON."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"--network-arguments is not JSON ({error})") from None
    if not isinstance(found, dict):
        raise UsageError("--network-arguments is not a JSON object", expected='such as {"channels": 32}')
    return found


def _prepared(
    config: Config, path: Path, foresee: Foresee, target: Target | None = None
) -> tuple[Material, RunFolder, Owner | None]:
    """Check the run folder and the data, and prepare the scans; the run folder is not touched yet.

    Of a model that was trained elsewhere, what its owner predicts comes with them.
    """
    run = RunFolder.usable(path)
    kept = run.path / "config.toml"
    if run.split.exists() and kept.exists() and Config.read(kept).split != config.split:
        raise UsageError("the people of this run were split by other options", where=kept, try_next="a new run folder")
    cohort = read_cohort(config.source, config.data)
    insist(cohort, config.source)
    split = decide_split(cohort, config.split, config.seed, run.split)
    foresee(cohort.scans, split)
    used = split.used()
    owner = read_owner(config.imported, cohort.scans.take(used), split.take(used), config.data.label)
    return make_material(cohort, split, config, **_own_preprocess(target)), run, owner


def _begin(run: RunFolder, config: Config, material: Material) -> None:
    """Start or continue the run folder, once it is known that everything in it can be used."""
    facts = run_facts(config.seed)
    RunFolder.create(run.path, facts)
    counts = ", ".join(f"{len(material.split.index(role))} {word}" for role, word in WORDS.items())
    run.log(f"{facts['command']} (remembrain {metadata.version('remembrain')}): scans of {counts}")
    write_split(run.split, material.scans, material.split)
    config.model_copy(update={"source": config.source.resolve()}).write(run.path / "config.toml")


def _own_preprocess(target: Target | None) -> dict[str, Any]:
    """Return a module's own way of reading a file, if it has one."""
    if target is None or target.preprocess is None or target.source is None:
        return {}
    return {"preprocess": target.preprocess, "preprocess_key": target.code}


def attack(path: Path, options: AttackOptions, workers: int | None = None, say: Say = quiet) -> Evidence:
    """Attack the target of a run folder and write ``evidence.json``; first, say what that could see of these people.

    Raises
    ------
    DataError
        Where the folder is not a run with a target, the data cannot be used any more, or people are too few for
        anything to be assessed.
    """
    select(options.attacks, options.access, references=options.references > 0, rounds=True)  # words come before folders
    cluster_of(options)
    run = RunFolder.open(path)
    torch.set_num_threads(1)
    if not (run.path / "config.toml").is_file() and (run.path / "rounds").is_dir():
        raise DataError(
            "holds nobody's scans: its people stayed at their sites",
            where=run.path,
            try_next="at a site, remembrain import with the target's weights and the site's own people",
        )
    config = Config.read(run.path / "config.toml")
    federated = config.federation is not None
    chosen = select(options.attacks, options.access, references=options.references > 0, rounds=federated)
    target = saved.load_saved(run.target)
    attacks = _able(target, chosen)
    cohort = read_cohort(config.source, config.data)
    insist(cohort, config.source)
    kept = config.split.model_copy(
        update={"split": run.split, "members_list": None, "nonmembers_list": None, "canaries": 0}
    )
    split = decide_split(cohort, kept, config.seed, run.split)
    if not federated:  # whose insiders decide about other people
        foresee(cohort.scans, split, attacks, config.split, say, match=options.match)
    material = make_material(cohort, split, config, **_own_preprocess(target))
    told = (run.target / "training.tsv").is_file() or config.training.epochs is not None
    central = told and not federated  # what a federation trained has no shadow
    recipe = recipe_of(config.training, target.name, config.data.label) if central else None
    with run.alone():
        insiders = None
        if federated:
            insiders = assess_insiders(run, target, material, attacks, options, config, workers)
            attacks = tuple(one for one in attacks if not {ROUNDS, REFERENCES} & set(one.needs))
            options = options.model_copy(update={"references": 0})  # those are trained by learners
        return assess_target(
            run,
            target,
            material,
            attacks,
            options,
            seed=config.seed,
            recipe=recipe,
            insiders=insiders,
            owner=kept_owner(run, config, material.scans),
            workers=workers,
        )


def _able(target: Target, chosen: tuple[Attack, ...]) -> tuple[Attack, ...]:
    """Return those of the attacks that say something of this target.

    Where predictions are changed before they are given out, what is attacked is what is given out: who holds the
    weights sees more, and the report says that this was not tested.
    """
    if not target.hides_predictions:
        return chosen
    able = tuple(one for one in chosen if one.access == "outputs")
    if not able:
        raise UsageError(
            f"{chosen[0].name} needs the weights, of which {' and '.join(map(str, target.defences))} changes nothing",
            try_next="an attack with access to outputs, or a run without this defence",
        )
    return able


def audit(config: Config, path: Path, say: Say = quiet) -> tuple[Path, Evidence]:
    """Train or bring in, attack, and write the report; return its path and what was found."""
    wanted = select(config.attack.attacks, config.attack.access, references=config.attack.references > 0)
    cluster_of(config.attack)
    check_names([name for one in wanted for name in one.needs if name not in ELSEWHERE])
    options = config.attack

    def look(scans: Scans, split: Split) -> None:
        foresee(scans, split, wanted, config.split, say, match=options.match)

    run = (bring_in if config.imported.weights else train)(config, path, look)
    judged = attack(run.path, config.attack, config.data.workers)
    return report.write([run.path]), judged
