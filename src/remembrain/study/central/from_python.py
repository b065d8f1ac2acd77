"""An audit from Python: any ``torch.nn.Module`` that regresses a number, on arrays of any shape."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from remembrain.audits.judge import Evidence
from remembrain.cohort.material import Material
from remembrain.cohort.splits import write_split
from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.evidence.feeding import Owner
from remembrain.report import write as report
from remembrain.run import RunFolder, private_folder
from remembrain.study.central.addition import made_by
from remembrain.study.central.assess import assess_target
from remembrain.study.central.case import Case
from remembrain.study.origin import run_facts
from remembrain.targets import saved
from remembrain.targets.brought import Model
from remembrain.targets.model import Target, try_one
from remembrain.types import Attack


def audit_target(
    target: Model,
    material: Material,
    run: Path,
    attacks: tuple[Attack, ...],
    options: AttackOptions,
    *,
    seed: int,
    owner: Owner | None = None,
    workers: int | None = 1,
    command: str | None = "remembrain.audit_module, from Python",
) -> Evidence:
    """Try a network on a scan, then audit it in a run folder of its own, and write the report."""
    if isinstance(target, Target):
        try_one(target, material.inputs[0])
    begun = run_facts(seed, command)
    folder = usable(run)
    with folder.alone():
        _begin(folder, begun)
        write_split(folder.split, material.scans, material.split)
        material.write_left_out(folder.restricted)
        if isinstance(target, Target):
            saved.save(target, folder.target)
        else:
            private_folder(folder.target)  # by which a run folder is known
        origin = made_by(folder, begun)
        case = Case(folder, target, material, attacks, options, seed, origin, owner=owner, workers=workers)
        evidence = assess_target(case)
        report.write([folder.path])
    return evidence


def usable(path: Path) -> RunFolder:
    """Return the run folder that could be started here, or continued where one was made here.

    Raises
    ------
    DataError
        Where the folder is a run of the command line, whose model, people and evidence stay.
    """
    folder = RunFolder.usable(path).insist_on("model")
    if (folder.path / "config.toml").is_file():
        raise DataError("is a run of the command line, with a model of its own", where=path, expected="a new folder")
    return folder


def _begin(folder: RunFolder, facts: Mapping[str, object]) -> None:
    """Start or continue the run folder; what another network answered is removed."""
    folder.forget()
    RunFolder.create(folder.path, facts)
    for stale in (folder.signals, folder.restricted / "attacks"):
        shutil.rmtree(stale, ignore_errors=True)  # its code cannot be compared
