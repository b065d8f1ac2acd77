"""An audit from end to end: a split, a target, its signals, attacks on them, the evidence and the report."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from remembrain import report
from remembrain.attacks import REFERENCES, ROUNDS, select
from remembrain.audit.judge import Evidence
from remembrain.cohort.check import Roles
from remembrain.cohort.material import AUDITED, Material
from remembrain.cohort.splits import Split, split_text, write_split
from remembrain.config import AttackOptions, Config
from remembrain.config.idle import insist_on_use
from remembrain.config.said import Said
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.evidence.feeding import Owner
from remembrain.run import RunFolder, holds, parse_json
from remembrain.run.streams import first_weights
from remembrain.signals import check_names
from remembrain.study.begun import run_facts
from remembrain.study.central import canaries
from remembrain.study.central.accompanying import accompany
from remembrain.study.central.adding import Earlier, add, made_by, write_key
from remembrain.study.central.asking import ELSEWHERE, key_of
from remembrain.study.central.assessing import assess_target
from remembrain.study.central.describing import WORDS
from remembrain.study.central.feeding import keep_owner, kept_owner, owner_differs, read_owner, refuse_owner
from remembrain.study.central.referencing import cluster_of
from remembrain.study.federated.insiders import assess_insiders
from remembrain.study.outlook import Say, foresee, quiet
from remembrain.study.people import gather, roles_kept, roles_of
from remembrain.study.recipe import network_of, recipe_of
from remembrain.targets import imported, networks, saved, training
from remembrain.targets._network import Network
from remembrain.targets.model import Target, initialise_lazy, try_one
from remembrain.targets.private.promise import PRIVACY, promised, record_training
from remembrain.targets.recipes import Recipe
from remembrain.targets.start import start_age
from remembrain.types import Attack, Scans

START = "start.json"
Foresee = Callable[[Scans, Split], None]


def any_people(_scans: Scans, _split: Split) -> None:
    """Take whatever people there are: a model may be trained on fewer than an audit needs."""


def train(config: Config, path: Path, say: Say = quiet, foresee: Foresee = any_people) -> RunFolder:
    """Split the people and train a network on the members; a rerun goes on where it stopped.

    ``foresee`` looks at the people and their split before any work. What was left out of the data, guessed or filled in
    is told (``say``), a line each.

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
    material, run, _ = _prepared(config, path, say, foresee, given)
    if given is not None:
        given, material = accompany(given, material)
    audited = material.ordered((*AUDITED, "canary"))
    scans, split = audited.scans, audited.split
    lures = canaries.draw(audited, config.split.canary_shift, config.seed)
    trained_on = np.union1d(split.index("member"), lures.included)
    age, person = scans.age[trained_on], scans.participant_id[trained_on]
    mechanism = promised(recipe, age, person)
    target = given or _built(config, name, recipe, material)
    target = replace(target, defences=recipe.defences, seed=config.seed)
    try_one(target, audited.inputs[0])
    initialise_lazy(target.module, audited.inputs, config.seed)
    roles = {role: split.index(role) for role in AUDITED}
    extra = lures.included if len(lures.included) else None
    key = training.key_of(
        target, audited.inputs, lures.ages(scans.age), roles, recipe, config.seed, extra, scans.participant_id
    )
    with run.alone():
        if not training.checkpoint_of(_epochs(run), key).insist():
            run.forget()  # it will be of another model
            (run.target / saved.FACTS).unlink(missing_ok=True)  # no attack before that one is there
        begin_run(run, config, material)
        if given is None and isinstance(target.module, Network):
            target.module.start_at(start_age(recipe, age, person, config.seed, run.restricted / START))
        trained = training.train(
            target,
            audited.inputs,
            lures.ages(scans.age),
            roles=roles,
            recipe=recipe,
            folder=run.target,
            epochs_folder=_epochs(run),
            seed=config.seed,
            description=f"training {name.rpartition('/')[2]}",
            person=scans.participant_id,
            extra=extra,
            spent_before=mechanism.spent(0) if mechanism and given is None else (),
            key=key,
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


def _epochs(run: RunFolder) -> Path:
    """Return where the epochs of a training are kept."""
    return run.restricted / "epochs"


def _given(config: Config, name: str) -> Target | None:
    """Return a model of the user's own class with fresh weights, where the network is one."""
    return imported.fresh(name, _arguments(config.training.network_arguments), config.seed) if ":" in name else None


def _built(config: Config, name: str, recipe: Recipe, material: Material) -> Target:
    """Return one of our networks with fresh weights, whose output starts nowhere yet."""
    form, shape = config.training.form, material.inputs.shape
    network = networks.build(
        name,
        form,
        shape,
        mean_age=0.0,
        generator=first_weights(config.seed),
        dropout=recipe.dropout,
        width=recipe.width,
    )
    return Target(network, name, form, shape, width=recipe.width)


def bring_in(config: Config, path: Path, say: Say = quiet, foresee: Foresee = any_people) -> RunFolder:
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
    arguments, key = _arguments(options.network_arguments), config.imported.weights_key
    target = imported.load(options.network, config.imported.weights, arguments, key)
    for note in target.notes:
        say(note)
    material, run, owner = _prepared(config, path, say, foresee, target)
    target, material = accompany(target, material)
    try_one(target, material.inputs[0])
    with run.alone():
        if _changes(run, config, target, material, owner):
            run.forget()
        begin_run(run, config, material)
        keep_owner(run, owner, material.scans, material.label)
        saved.save(target, run.target)
    size = f", {target.parameters} parameters" if target.parameters else ""
    run.log("; ".join([f"brought in {target.name.rpartition('/')[2]}{size}", *target.notes]))
    return run


def _changes(run: RunFolder, config: Config, target: Target, material: Material, owner: Owner | None) -> bool:
    """Tell whether a model that is brought in, its people or what its owner says are other than what is here."""
    kept = run.path / "config.toml"
    if not kept.is_file() or _of_evidence(Config.read(kept)) != _of_evidence(config):
        return True
    if owner_differs(run, owner, material.scans, material.label):
        return True
    return not (saved.is_saved(target, run.target) and holds(run.split, split_text(material.scans, material.split)))


def _of_evidence(config: Config) -> Config:
    """Return the options that decide what evidence is concluded from, beside those of attacks."""
    data = config.data.model_copy(update={"store": None, "workers": None})
    return config.model_copy(update={"source": config.source.resolve(), "data": data, "attack": AttackOptions()})


def _arguments(text: str) -> dict[str, Any]:
    """Return the arguments of a class from JSON."""
    found = parse_json(text, "--network-arguments", UsageError)
    if not isinstance(found, dict):
        raise UsageError("--network-arguments is not a JSON object", expected='such as {"channels": 32}')
    return found


def _prepared(
    config: Config, path: Path, say: Say, foresee: Foresee, target: Target | None = None
) -> tuple[Material, RunFolder, Owner | None]:
    """Check the run folder and the data, and prepare the scans; the run folder is not touched yet.

    Of a model that was trained elsewhere, what its owner predicts comes with them.
    """
    run = RunFolder.usable(path).insist_on("model")
    _insist_on_own(run, brought=config.imported.weights is not None)
    kept = run.path / "config.toml"
    if run.split.exists() and kept.exists() and Config.read(kept).split != config.split:
        raise UsageError("the people of this run were split by other options", where=kept, try_next="a new run folder")
    material = gather(config, _foreseen(roles_of(config, run.split), foresee), target=target)
    for line in material.lines():
        say(line)
    return material, run, read_owner(config.imported, material.scans, material.split, config.data.label)


def _insist_on_own(run: RunFolder, *, brought: bool) -> None:
    """Raise where the folder holds a model that came about in another way: it and its evidence would be lost."""
    trained = (run.target / "training.tsv").is_file() or any(_epochs(run).glob("checkpoint.pt"))
    there = (run.target / saved.FACTS).is_file()
    if (run.path / "rounds").is_dir():
        what = "was trained by the learners of a federation"
    elif trained and brought:
        what = "was trained here"
    elif there and not trained and not brought:
        what = "was brought in"
    else:
        return
    raise DataError(f"holds a model that {what}", where=run.path, expected="a new folder for another one")


def _foreseen(roles: Roles, foresee: Foresee) -> Roles:
    """Return roles that are looked at once they are decided, before any scan is opened."""

    def decide(scans: Scans, passed_over: Collection[str]) -> Split:
        split = roles.decide(scans, passed_over)
        foresee(scans, split)
        return split

    return replace(roles, decide=decide)


def begin_run(run: RunFolder, config: Config, material: Material) -> None:
    """Start or continue the run folder, once it is known that everything in it can be used."""
    facts = run_facts(config.seed)
    RunFolder.create(run.path, facts)
    counts = ", ".join(f"{len(material.split.index(role))} {word}" for role, word in WORDS.items())
    run.log(f"{facts['command']} (remembrain {metadata.version('remembrain')}): scans of {counts}")
    write_split(run.split, material.scans, material.split, by_lot=material.by_lot)
    material.write_left_out(run.restricted)
    config.model_copy(update={"source": config.source.resolve()}).write(run.path / "config.toml")


def attack(path: Path, options: AttackOptions, workers: int | None = None, say: Say = quiet) -> Evidence:
    """Attack the target of a run folder and write ``evidence.json``, which keeps the attacks that it has.

    Parameters
    ----------
    path
        The run folder.
    options
        Which attacks to add, and how; what is not said is as in the evidence that is there.
    workers
        Processes; one a core when left out.
    say
        Told what was added to, what of earlier evidence does not hold any more, and what was left out of the data.

    Raises
    ------
    DataError
        Where the folder is not a run with a target, the data cannot be used any more, or people are too few for
        anything to be assessed.
    """
    select(options.attacks, options.access, references=True, rounds=True)  # words come before folders
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
    earlier = Earlier.of(run)
    said = options.model_fields_set
    options = earlier.options(options)
    insist_on_use(Said("attack", options, federated=federated), keys=said)
    cluster_of(options)
    chosen = select(options.attacks, options.access, references=options.references > 0, rounds=federated)
    target = saved.load_saved(run.target)
    attacks = _able(target, chosen)

    def look(scans: Scans, split: Split) -> None:
        if not federated:  # whose insiders decide about other people
            others, _ = earlier.beside(attacks, options, rounds=False)
            foresee(scans, split, [*attacks, *others], config.split, say, match=options.match)

    target, material = accompany(target, gather(config, _foreseen(roles_kept(run.split), look), target=target))
    for line in material.lines():
        say(line)
    told = (run.target / "training.tsv").is_file() or config.training.epochs is not None
    central = told and not federated  # what a federation trained has no shadow
    recipe = recipe_of(config.training, target.name, config.data.label) if central else None
    facts, key = run_facts(config.seed), key_of(target, material, config.seed)
    added = add(earlier, attacks, options, key, facts, rounds=federated, said=said)
    attacks, options = added.attacks, added.options
    for line in added.lines:
        say(line)
    with run.alone():
        if Earlier.of(run) != earlier:
            raise RemembrainError(
                "another process added to the evidence meanwhile", where=run.path, try_next="the same once more"
            )
        insiders = None
        if federated:
            insiders = assess_insiders(run, target, material, attacks, options, config, workers)
            attacks = tuple(one for one in attacks if not {ROUNDS, REFERENCES} & set(one.needs))
            options = options.model_copy(update={"references": 0})  # those are trained by learners
        judged = assess_target(
            run,
            target,
            material,
            attacks,
            options,
            seed=config.seed,
            made=made_by(run, facts, added),
            recipe=recipe,
            insiders=insiders,
            owner=kept_owner(run, config, material.scans),
            workers=workers,
        )
        write_key(run, key)
        for line in added.lines:
            run.log(line)
        return judged


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
    said: set[str] = set()

    def once(line: str) -> None:
        """Say what was not said before: an attack reads the data again."""
        if line not in said:
            said.add(line)
            say(line)

    def look(scans: Scans, split: Split) -> None:
        foresee(scans, split, wanted, config.split, once, match=config.attack.match)

    run = (bring_in if config.imported.weights else train)(config, path, once, look)
    judged = attack(run.path, config.attack, config.data.workers, once)
    return report.write([run.path]), judged
