"""What a site that trained in a federation audits by itself: the final model, on its own people.

What one site measures on its own people is what anybody who holds the community model can learn of them. Of the people
of other sites it knows nothing, and so says nothing.
"""

from __future__ import annotations

from pathlib import Path

import torch

from remembrain.audits.judge import Evidence
from remembrain.audits.outlook import Say, quiet
from remembrain.config import AttackOptions, SiteAuditOptions
from remembrain.config.site import audited_roles, read_site, site_config
from remembrain.errors import DataError
from remembrain.federation.flare.kit import SiteKit
from remembrain.federation.flare.site_people import insist_on_enough
from remembrain.federation.metering import site_target
from remembrain.query import select_attacks
from remembrain.report import write as report
from remembrain.run import Key, RunFolder, sha256, write_json
from remembrain.run.kept import insist_same
from remembrain.study.central.attack import attack
from remembrain.study.central.begin import begin_run
from remembrain.study.people import gather
from remembrain.targets import saved
from remembrain.targets.weights import read_weights

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
    weights = _given(site_options.model) if site_options.model is not None else federation.final_model()
    plan, own = federation.plan(), read_site(site.site_file)
    run = RunFolder.usable(path).insist_on("model")
    key = Key.of(federation=federation.folder.name, model=weights, people=federation.split)
    _insist_on_own(run, key)
    config = site_config(own, plan, federation.facts()["grid"])
    torch.set_num_threads(1)
    material = gather(config, audited_roles(federation), protected=plan.recipe.privacy is not None)
    insist_on_enough(material.scans, material.split, federation.split)
    target = site_target(plan, material, read_weights(weights), weights)
    with run.alone():
        begin_run(run, config, material)
        write_json(run.restricted / _KEY, dict(key.parts))
        saved.save(target, run.target)
    run.log(f"the final model of a federation of {len(plan.sites)} sites, SHA-256 {sha256(weights)}")
    judged = attack(run.path, options, workers or own.data.workers, say)
    return report.write([run.path]), judged


def _given(model: Path) -> Path:
    """Return the file of the final model as the site was given it.

    Raises
    ------
    DataError
        Where there is none.
    """
    if not model.is_file():
        raise DataError(
            "no such file", where=model, expected="target/model.safetensors of the coordinator's run folder"
        )
    return model


def _insist_on_own(run: RunFolder, key: Key) -> None:
    """Raise where the folder holds another model, or evidence of other people: it would be lost."""
    if (run.target / saved.FACTS).is_file() and not (run.restricted / _KEY).is_file():
        raise DataError("holds a model that came about otherwise", where=run.path, expected="a new folder")
    insist_same(run.restricted / _KEY, key, "an audit")
