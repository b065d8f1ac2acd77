"""Attacks on the target of a run folder, added to the evidence that is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from remembrain.attacks import REFERENCES, ROUNDS, by_name
from remembrain.audits.addition import Wanted, add, made_by, write_key
from remembrain.audits.earlier import INHERITED, Earlier
from remembrain.audits.feeding import kept_owner
from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import Say, foreseen, quiet
from remembrain.audits.sample import draw_sample
from remembrain.config import AttackOptions, Config
from remembrain.config.idle import insist_on_use
from remembrain.config.recipe import cluster_of, recipe_of
from remembrain.config.roles import divided_by, roles_kept
from remembrain.config.said import Said
from remembrain.errors import DataError, RemembrainError, UsageError
from remembrain.query import key_of, select_attacks
from remembrain.query.extra_inputs import accompany
from remembrain.record.attacks import Finding
from remembrain.run import RunFolder
from remembrain.run.origin import run_facts
from remembrain.study.central.assess import Insiders, assess_target
from remembrain.study.central.case import Case
from remembrain.study.people import Read, gather, read_cohort
from remembrain.targets import saved
from remembrain.targets.model import Target
from remembrain.targets.recipes import Recipe
from remembrain.types import Attack

AssessInsiders = Callable[[Case, Config, Finding], Insiders]


def no_insiders(case: Case, *_: object) -> Insiders:
    """Refuse a run that learners trained together: what each of them learns has to be asked as well."""
    raise DataError(
        "was trained by the learners of a federation", where=case.run.path, try_next="remembrain attack RUN"
    )


def attack(
    path: Path,
    options: AttackOptions,
    workers: int | None = None,
    say: Say = quiet,
    read: Read = read_cohort,
    assess_insiders: AssessInsiders = no_insiders,
) -> Evidence:
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
    read
        Reads the data.
    assess_insiders
        What insiders of a federation learn, where the run is of one.

    Raises
    ------
    DataError
        Where the folder is not a run with a target, the data cannot be used any more, or people are too few for
        anything to be assessed.
    """
    select_attacks(options.attacks, options.access, references=True, rounds=True)  # words come before folders
    torch.set_num_threads(1)
    run = _with_people(RunFolder.open(path), options.attacks)
    config, earlier = Config.read(run.path / "config.toml"), Earlier.of(run)
    federated, own_options = config.federation is not None, options.model_fields_set
    options = taking_over(earlier, options)
    insist_on_use(Said("attack", options, federated=federated), keys=own_options)
    cluster_of(options)
    chosen = select_attacks(options.attacks, options.access, references=options.references > 0, rounds=federated)
    target = saved.load_saved(run.target)
    attacks = _able(target, chosen)
    roles = roles_kept(run.split)
    if not federated:  # whose insiders decide about other people
        others, _ = earlier.beside(attacks, references=options.references > 0, rounds=False)
        roles = foreseen(roles, [*attacks, *others], divided_by(config.split), say, match=options.match)
    material = gather(config, roles, target=target, cohort=read(config.source, config.data))
    target, material = accompany(target, material)
    facts, key = run_facts(config.seed), key_of(target, material, config.seed)
    added = add(earlier, wanted(options, attacks, own_options, rounds=federated), key, facts)
    for line in (*material.lines(), *added.lines):
        say(line)
    with run.alone():
        _insist_on_same(run, earlier)
        sample = draw_sample(material, options.repeats, config.seed, match=options.match)
        options = options.model_copy(update={"attacks": added.named})
        owner = kept_owner(run, config.imported.owner_tolerance, material.scans, config.data.label)
        recipe = _recipe(run, config, target)
        case = Case(
            run, target, material, sample, added.attacks, options, config.seed, made_by(run, facts, added),
            recipe, owner, workers,
        )  # fmt: skip
        insiders = partial(assess_insiders, case, config)
        judged = assess_target(_of_outsider(case), insiders) if federated else assess_target(case)
        write_key(run, key, added.attacks)
        for line in added.lines:
            run.log(line)
        return judged


def _insist_on_same(run: RunFolder, earlier: Earlier) -> None:
    """Raise where the evidence is not what this command adds to any more."""
    if Earlier.of(run) != earlier:
        raise RemembrainError(
            "another process added to the evidence meanwhile", where=run.path, try_next="the same once more"
        )


def taking_over(earlier: Earlier, own: AttackOptions) -> AttackOptions:
    """Return the options of a command, and for what it does not say those of the evidence that it adds to."""
    inherited = earlier.inherited(AttackOptions().model_dump(mode="json"))
    return AttackOptions.model_validate({**inherited, **own.model_dump(exclude_unset=True)}) if inherited else own


def wanted(options: AttackOptions, attacks: Sequence[Attack], own: Collection[str], *, rounds: bool) -> Wanted:
    """Return what a command asks for, of whose options these are its own."""
    shared, usual = (
        {name: value for name, value in said.model_dump(mode="json").items() if name in INHERITED}
        for said in (options, AttackOptions())
    )
    taken_over = options.model_fields_set - set(own)
    return Wanted(attacks, by_name(options.attacks), shared, usual, taken_over, rounds)


def _with_people(run: RunFolder, attacks: Sequence[str]) -> RunFolder:
    """Return a run folder that says where people's scans are; refuse one of sites, or whose scans were given once."""
    if (run.path / "config.toml").is_file():
        return run
    if (run.path / "rounds").is_dir():
        raise DataError(
            "holds nobody's scans: its people stayed at their sites",
            where=run.path,
            try_next="at a site, remembrain import with the target's weights and the site's own people",
        )
    names, command = ",".join(attacks) or "NAMES", run.facts().get("command", "")
    raise DataError(
        "does not keep the model and the people that it was of",
        where=run.path,
        try_next=f"the audit once more into it, with --attacks {names}: it was {command}",
    )


def _recipe(run: RunFolder, config: Config, target: Target) -> Recipe | None:
    """Return how the target was trained, where that is known; what a federation trained has no shadow."""
    known = (run.target / "training.tsv").is_file() or config.training.epochs is not None
    if not known or config.federation is not None:
        return None
    return recipe_of(config.training, target.name, config.data.label)


def _of_outsider(case: Case) -> Case:
    """Return what somebody attacks who has the released model of a federation alone; references are for learners."""
    attacks = tuple(attack for attack in case.attacks if not {ROUNDS, REFERENCES} & set(attack.needs))
    return replace(case, attacks=attacks, options=case.options.model_copy(update={"references": 0}))


def _able(target: Target, chosen: tuple[Attack, ...]) -> tuple[Attack, ...]:
    """Return those of the attacks that say something of this target.

    Where predictions are changed before they are given out, what is attacked is what is given out: who holds the
    weights sees more, and the report says that this was not tested.
    """
    if not target.hides_predictions:
        return chosen
    able = tuple(attack for attack in chosen if attack.access == "outputs")
    if not able:
        raise UsageError(
            f"{chosen[0].name} needs the weights, of which {' and '.join(map(str, target.defences))} changes nothing",
            try_next="an attack with access to outputs, or a run without this defence",
        )
    return able
