"""How leakage grew while the target trained: a few attacks on the weights that were kept of earlier epochs."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool

from remembrain.audit.play import real_rounds, run_attacks
from remembrain.cohort.material import Material
from remembrain.evidence import assess, disclosure
from remembrain.run import RunFolder
from remembrain.study.central.asking import ask, key_of
from remembrain.study.central.describing import gap_of
from remembrain.targets.model import Target
from remembrain.targets.weights import bring
from remembrain.types import Attack

QUICK = ("error-threshold", "network:prediction+label", "network:gradient:output")
REPEATS = 2


def describe_checkpoints(
    run: RunFolder,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    draws: Sequence[Bool[np.ndarray, "scan"]],
    *,
    seed: int,
    workers: int | None,
) -> list[dict[str, Any]]:
    """Return the gap between members and others and what quick attacks achieve, for each epoch whose weights were kept.

    Parameters
    ----------
    run
        Whose ``restricted/epochs`` holds the weights.
    target
        The model after its last epoch; left as it is.
    material, draws
        The scans, and whom the attacker knows in each repeat, of which the first two are played.
    attacks
        Those that were asked for: of them the quick ones are run.
    seed, workers
        Of the audit.
    """
    quick = [one for one in attacks if one.name in QUICK]
    kept = sorted((run.restricted / "epochs").glob("epoch-*.safetensors")) if quick else []
    return [_describe(run, path, target, material, quick, draws[:REPEATS], seed, workers) for path in kept]


def _describe(
    run: RunFolder,
    path: Path,
    target: Target,
    material: Material,
    attacks: Sequence[Attack],
    draws: Sequence[Bool[np.ndarray, "scan"]],
    seed: int,
    workers: int | None,
) -> dict[str, Any]:
    """Return what stands in ``evidence.json`` of one epoch."""
    module = copy.deepcopy(target.module)
    bring(module, path)
    earlier = replace(target, module=module.eval())
    asked = ask(earlier, material, attacks, run.signals / path.stem)
    scores = run_attacks(
        [one for one in asked.attacks if one.name not in asked.refused],
        asked.seen,
        material.scans,
        real_rounds(material.split, draws),
        seed=seed,
        folder=run.restricted / "attacks",
        key=key_of(earlier, material, seed),
        workers=workers,
    )
    error = np.asarray(asked.seen["error"])
    member, other = material.split.index("member"), material.split.index("nonmember")
    people = material.scans.participant_id
    gap = gap_of((error[other], error[member]), (people[other], people[member]))
    found = {name: assess.assess(repeats) for (name, _), repeats in scores.items()}
    return {
        "epoch": int(path.stem.rpartition("-")[2]),
        "gap": gap,
        "attacks": [
            {
                "name": one.name,
                "title": one.title,
                "access": one.access,
                **disclosure.figures(
                    {
                        "auc": assess.interval_json(found[one.name].auc),
                        "accuracy": assess.interval_json(found[one.name].accuracy),
                    }
                ),
            }
            for one in asked.attacks
            if one.name in found
        ],
    }
