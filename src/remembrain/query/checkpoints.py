"""How leakage grew while the target trained: a few attacks on the weights that were kept of earlier epochs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from remembrain.attacks import QUICK
from remembrain.audits.errors_of_target import gap_of
from remembrain.audits.play import play
from remembrain.audits.sample import Sample
from remembrain.evidence import disclosure
from remembrain.evidence.assess import as_number, assess
from remembrain.query.strangers import StrangerFailed, told_of_stranger
from remembrain.query.view import view_of
from remembrain.record.target import Checkpoint, CheckpointAttack
from remembrain.run import RunFolder
from remembrain.targets.brought import BlackBox, Model
from remembrain.targets.model import Target
from remembrain.targets.weights import bring
from remembrain.types import Attack

REPEATS = 2


@dataclass(frozen=True, eq=False)
class _Audit:
    """What is the same of every epoch: on whom, by which attacks, where and how."""

    sample: Sample
    attacks: Sequence[Attack]
    run: RunFolder
    seed: int
    workers: int | None


def describe_checkpoints(
    run: RunFolder, target: Model, sample: Sample, attacks: Sequence[Attack], seed: int, workers: int | None
) -> tuple[tuple[Checkpoint, ...], str]:
    """Return the gap between members and others and what quick attacks achieve, for each epoch whose weights were kept.

    And, in words, which of them were not run on one of these, or why none was: a class of the user's
    own failed. Of the repeats the first two are played.

    Parameters
    ----------
    run
        Has the weights, and keeps signals and scores.
    target
        That of the last epoch; it is left as it is.
    sample
        On whom it is audited.
    attacks
        Those that were tried: of them the quick ones are run.
    seed, workers
        Of the audit; processes.
    """
    quick = [attack for attack in attacks if attack.name in QUICK]
    if isinstance(target, BlackBox) or not quick:
        return (), ""
    audit = _Audit(sample, quick, run, seed, workers)
    try:
        with told_of_stranger(target, "model of an earlier epoch"):
            described = [_describe(audit, target, path) for path in sorted(run.epochs.glob("epoch-*.safetensors"))]
    except StrangerFailed as failed:
        return (), failed.what
    why = {
        f"{name} on the model of an earlier epoch: {reason}"
        for _, refused in described
        for name, reason in refused.items()
    }
    return tuple(content for content, _ in described), "; ".join(why)


def _describe(audit: _Audit, model: Target, path: Path) -> tuple[Checkpoint, Mapping[str, str]]:
    """Return what stands in ``evidence.json`` of one epoch, and why attacks were not run."""
    material = audit.sample.audited
    module = copy.deepcopy(model.module)
    bring(module, path)
    earlier = replace(model, module=module.eval())
    view, attacks = view_of(earlier, material, audit.attacks, audit.run.signals / path.stem, audit.seed)
    rounds = audit.sample.real[:REPEATS]
    played = play(view, attacks, rounds, seed=audit.seed, folder=audit.run.kept_scores, workers=audit.workers)
    error = np.asarray(view.signals["error"])
    member, other = material.split.places["member"], material.split.places["nonmember"]
    people = material.scans.participant_id
    gap = gap_of((error[other], error[member]), (people[other], people[member]))
    assessed = {name: assess(repeats) for name, repeats in played.of("real").items()}
    described = tuple(
        CheckpointAttack(
            name=attack.name,
            title=attack.title,
            access=attack.access,
            auc=as_number(assessed[attack.name].auc),
            accuracy=as_number(assessed[attack.name].accuracy),
        )
        for attack in attacks
        if attack.name in assessed
    )
    epoch = int(path.stem.rpartition("-")[2])
    return Checkpoint(epoch=epoch, gap=gap, attacks=disclosure.figures(described)), played.refused
