"""How leakage grew while the target trained: a few attacks on the weights that were kept of earlier epochs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from remembrain.attacks import QUICK
from remembrain.audits.errors_of_target import gap_of
from remembrain.audits.play import play
from remembrain.audits.rounds import real_rounds
from remembrain.evidence import disclosure
from remembrain.evidence.assess import as_number, assess
from remembrain.query import view_of
from remembrain.record.target import Checkpoint, CheckpointAttack
from remembrain.study.central.case import Case
from remembrain.targets.brought import BlackBox
from remembrain.targets.model import Target
from remembrain.targets.weights import bring
from remembrain.types import Attack

REPEATS = 2


def describe_checkpoints(case: Case, attacks: Sequence[Attack]) -> tuple[tuple[Checkpoint, ...], str]:
    """Return the gap between members and others and what quick attacks achieve, for each epoch whose weights were kept.

    And, in words, which of them were not run on one of these, and why. Weights are in ``restricted/epochs``; of the
    repeats the first two are played.

    Parameters
    ----------
    case
        Whose target is that of the last epoch; it is left as it is.
    attacks
        Those that were tried: of them the quick ones are run.
    """
    if isinstance(case.target, BlackBox):
        return (), ""
    quick = [attack for attack in attacks if attack.name in QUICK]
    paths = sorted((case.run.restricted / "epochs").glob("epoch-*.safetensors")) if quick else []
    described = [_describe(case, case.target, path, quick) for path in paths]
    why = {
        f"{name} on the model of an earlier epoch: {reason}"
        for _, refused in described
        for name, reason in refused.items()
    }
    return tuple(content for content, _ in described), "; ".join(why)


def _describe(case: Case, model: Target, path: Path, attacks: Sequence[Attack]) -> tuple[Checkpoint, Mapping[str, str]]:
    """Return what stands in ``evidence.json`` of one epoch, and why attacks were not run."""
    material = case.audited
    module = copy.deepcopy(model.module)
    bring(module, path)
    earlier = replace(model, module=module.eval())
    view, attacks = view_of(earlier, material, attacks, case.run.signals / path.stem, case.seed)
    rounds = real_rounds(material.split, case.draws[:REPEATS])
    played = play(view, attacks, rounds, seed=case.seed, folder=case.scores, workers=case.workers)
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
