"""What a site that trained in a federation audits by itself: the models that it received, on its own people.

What one site measures on its own people is what anybody who holds the community model can learn of them. Of the people
of other sites it knows nothing, and so says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from remembrain.audit.judge import Evidence
from remembrain.audit.outlook import Say, quiet
from remembrain.cohort.check import Roles
from remembrain.cohort.material import Material
from remembrain.config import AttackOptions, Config, GridName, SiteAuditOptions, TrainOptions
from remembrain.errors import DataError
from remembrain.evidence import power
from remembrain.federation.flare.plan import Plan
from remembrain.query import select_attacks
from remembrain.report import write as report
from remembrain.report.words import OVER_SITES
from remembrain.run import Key, RunFolder, sha256, write_json
from remembrain.run.kept import insist_same
from remembrain.study.central.attack import attack
from remembrain.study.central.begin import begin_run
from remembrain.study.central.from_arrays import audit_module
from remembrain.study.central.from_python import audit_target
from remembrain.study.federated.metering import Audit, attack_options, audit_of, own_people
from remembrain.study.federated.site_file import MeterOptions, SiteFile, read_site
from remembrain.study.federated.site_kit import KeptFederation, SiteKit
from remembrain.study.federated.site_people import audited, earlier_split, enough, foreseen
from remembrain.study.people import gather
from remembrain.study.roles import roles_kept
from remembrain.targets import networks, saved
from remembrain.targets.imported import made_with
from remembrain.targets.model import Target
from remembrain.targets.weights import fit, read_weights

_KEY = "site_audit.json"


def audit_site(
    kit: Path,
    path: Path,
    options: AttackOptions,
    site_options: SiteAuditOptions | None = None,
    *,
    workers: int | None = None,
    say: Say = quiet,
) -> tuple[Path, Evidence]:
    """Audit the final model of a federation on a site's own people; return the report and what was found.

    Parameters
    ----------
    kit
        The site's start-up kit, which has who was trained on and the model.
    path
        A run folder; ``attack`` and ``report`` add to it afterwards.
    options
        Attacks and repeats.
    site_options
        Which of several federations, and the final model where the site was given it otherwise than by that.
    workers
        Processes.
    say
        Told what could be seen, and how data were read.

    Raises
    ------
    DataError
        Where the kit has no such federation or model, or people are too few for anything to be assessed.
    """
    select_attacks(options.attacks, options.access)
    site = SiteKit.open(kit)
    site_options = site_options or SiteAuditOptions()
    federation = site.chosen(site_options.identity)
    weights = _released(federation, site_options.model)
    plan, own = federation.plan(), read_site(site.site_file)
    run = RunFolder.usable(path).insist_on("model")
    key = Key.of(federation=federation.folder.name, model=weights, people=federation.split)
    _insist_on_own(run, key)
    config = site_config(own, plan, federation.facts()["grid"])
    torch.set_num_threads(1)
    material = gather(config, roles_of_kept(federation), protected=plan.recipe.privacy is not None)
    _, why_not = foreseen(material.scans, material.split)
    if why_not:
        people = len({*material.scans.participant_id.tolist()})
        raise DataError(
            f"nothing could be assessed of this site's people: {why_not}",
            where=federation.split,
            expected=f"at least {power.fewest_members()} members and {power.fewest_nonmembers()} who were left out",
            try_next=f"for the next federation: {enough(people)}",
        )
    target = network_of_plan(plan, material.inputs.shape, read_weights(weights), weights)
    with run.alone():
        begin_run(run, config, material)
        write_json(run.restricted / _KEY, dict(key.parts))
        saved.save(target, run.target)
    run.log(f"the final model of a federation of {len(plan.sites)} sites, SHA-256 {sha256(weights)}")
    judged = attack(run.path, options, workers or own.data.workers, say)
    return report.write([run.path]), judged


def _released(federation: KeptFederation, model: Path | None) -> Path:
    """Return the file of the final model: as it was given, or as the federation left it here.

    Raises
    ------
    DataError
        Where there is none, or it is not what the federation left.
    """
    if model is not None and not model.is_file():
        raise DataError(
            "no such file", where=model, expected="target/model.safetensors of the coordinator's run folder"
        )
    if model is not None:
        return model
    released = federation.facts().get("released")
    if released is None or not federation.released.is_file():
        raise DataError(
            "the final model did not come here",
            where=federation.folder,
            try_next="--model FILE, with target/model.safetensors of the coordinator's run folder",
        )
    if sha256(federation.released) != released["sha256"]:
        raise DataError(
            "is not the model that the federation left here", where=federation.released, try_next="--model FILE"
        )
    return federation.released


def _insist_on_own(run: RunFolder, key: Key) -> None:
    """Raise where the folder holds another model, or evidence of other people: it would be lost."""
    if (run.target / saved.FACTS).is_file() and not (run.restricted / _KEY).is_file():
        raise DataError("holds a model that came about otherwise", where=run.path, expected="a new folder")
    insist_same(run.restricted / _KEY, key, "an audit")


def roles_of_kept(federation: KeptFederation) -> Roles:
    """Return the roles that an audit gives those of whom the kit knows who was trained on and who was left out."""
    if not federation.split.is_file():
        raise DataError(
            "no such file", where=federation.split, try_next="a federation with this version, which keeps it"
        )
    return replace(
        roles_kept(federation.split), decide=lambda scans, _: audited(earlier_split(federation.split, scans))
    )


def audit_at_site(
    options: MeterOptions, plan: Plan, state: Mapping[str, Tensor], material: Material, round_: int
) -> Audit:
    """Return the audit of a community model by a site's meter, on those whom the site trains on and those it left out.

    What its file says of a network or people counts for more.
    """
    if options.network and options.people:
        return audit_of(options, state, round_)
    where = Path(f"the model of round {round_}")
    shape, network = material.inputs.shape, options.network
    target = (
        made_with(network, state, where, options.arguments) if network else network_of_plan(plan, shape, state, where)
    )

    def audit(folder: Path) -> Evidence:
        chosen = attack_options(options)
        if options.people:
            return audit_module(target.module, run=folder, options=chosen, **own_people(options.people))
        command = f"the leakage meter, after round {round_}"
        return audit_target(
            target, material, folder, select_attacks(chosen.attacks), chosen, seed=plan.seed, command=command
        )

    return audit


def site_config(own: SiteFile, plan: Plan, grid: GridName) -> Config:
    """Return how a site's data are read in a federation."""
    training = TrainOptions(network=plan.network, form=plan.form)
    if (privacy := plan.recipe.privacy) is not None:  # columns of a table are then scaled by those who are left out
        budget = {"epsilon": privacy.epsilon} if privacy.epsilon else {"noise_multiplier": privacy.noise_multiplier}
        training = training.model_copy(update={**budget, "delta": privacy.delta, "clip": privacy.clip})
    data = own.data.model_copy(update={"grid": grid})
    return Config(source=own.source, seed=plan.seed, data=data, training=training)


def network_of_plan(plan: Plan, shape: tuple[int, ...], state: Mapping[str, Tensor], where: Path) -> Target:
    """Return the model of a federation with these weights.

    Raises
    ------
    DataError
        Where they are not weights of it.
    """
    recipe = plan.recipe
    network = networks.build(
        plan.network, plan.form, shape, mean_age=0.0, generator=torch.Generator(), width=recipe.width
    )
    fit(network, state, where)
    return Target(
        network.eval(),
        plan.network,
        plan.form,
        shape,
        width=recipe.width,
        defences=recipe.defences,
        seed=plan.seed,
        origin=OVER_SITES,
        notes=(
            f"It is the community model of a federation of {len(plan.sites)} sites; members are those people of this "
            "site whom it was trained on, non-members those whom the site left out",
            "What is found holds for anybody who has the model; of the people of other sites, and of what the server "
            "sees of this site's own models before it averages them, nothing is known here",
        ),
    )
