"""A model that comes with its people, whatever it is: audited in a run folder of its own, with its report."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from remembrain.audits.addition import made_by
from remembrain.audits.judge import Evidence
from remembrain.audits.sample import draw_sample
from remembrain.cohort.material import Material
from remembrain.cohort.split_files import write_split
from remembrain.config import AttackOptions
from remembrain.evidence.feeding import Owner
from remembrain.report import write as report
from remembrain.run import RunFolder, private_folder
from remembrain.run.origin import run_facts, usable_without_config
from remembrain.study.central.assess import assess_target
from remembrain.study.central.case import Case
from remembrain.targets import saved
from remembrain.targets.brought import Model
from remembrain.targets.model import Target, try_one
from remembrain.types import Attack


@dataclass(frozen=True)
class Request:
    """How an audit is to be made, whatever is audited.

    Attributes
    ----------
    run
        The run folder.
    options
        Attacks, repeats, and how many models like it to train.
    seed
        Of everything that is drawn.
    workers
        Processes; one a core where it is nothing.
    command
        By which words; those of this process where it is nothing.
    """

    run: Path
    options: AttackOptions
    seed: int = 0
    workers: int | None = 1
    command: str | None = None


def audit_target(
    target: Model, material: Material, attacks: tuple[Attack, ...], request: Request, owner: Owner | None = None
) -> Evidence:
    """Try a network on a scan, then audit it, and write the report."""
    if isinstance(target, Target):
        try_one(target, material.inputs[0])
    begun, options, seed = run_facts(request.seed, request.command), request.options, request.seed
    folder = usable_without_config(request.run)
    with folder.alone():
        _begin(folder, begun)
        write_split(folder.split, material.scans, material.split)
        material.write_left_out(folder.restricted)
        if isinstance(target, Target):
            saved.save(target, folder.target)
        else:
            private_folder(folder.target)  # by which a run folder is known
        sample, origin = draw_sample(material, options.repeats, seed, match=options.match), made_by(folder, begun)
        case = Case(
            folder, target, material, sample, attacks, options, seed, origin, owner=owner, workers=request.workers
        )
        evidence = assess_target(case)
        report.write([folder.path])
    return evidence


def _begin(folder: RunFolder, facts: Mapping[str, object]) -> None:
    """Start or continue the run folder; what another network answered is removed."""
    folder.forget()
    RunFolder.create(folder.path, facts)
    for stale in (folder.signals, folder.kept_scores):
        shutil.rmtree(stale, ignore_errors=True)  # its code cannot be compared
