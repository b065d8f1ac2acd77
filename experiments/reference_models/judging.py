"""One target of the experiment with reference models: its signals, and what every attack says of its people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch

from remembrain import signals
from remembrain.attacks import REFERENCED
from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.boosted import Boosted
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.inverse_hessian import InverseHessian
from remembrain.attacks.leverage import Leverage
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.attacks.quadratic_discriminant import QuadraticDiscriminant
from remembrain.attacks.unusual_error import UnusualError
from remembrain.evidence.people import Repeat
from remembrain.references.ensemble import Ensemble, seed_of, without_names
from remembrain.references.shadow import Architecture, divided, train_like
from remembrain.study.people import Material
from remembrain.targets.recipes import recipe
from remembrain.types import Attack, Known, Signals

WITHOUT: tuple[Attack, ...] = (
    ErrorThreshold(),
    LogisticOnOutputs(),
    QuadraticDiscriminant(),
    UnusualError(),
    InverseHessian(),
    Leverage(),
    Boosted(),
)
NUMBERS = (2, 4, 8, 16)
NEEDS = ("prediction", "label", "error", "disguised-error", "gradient:output")


@dataclass(frozen=True, eq=False)
class Job:
    """One target for a worker process."""

    material: Material
    ensemble: Ensemble
    network: str
    epochs: int
    weight_decay: float
    target: int
    out: Path
    seed: int


@dataclass(frozen=True, eq=False)
class Row:
    """One attack on one target, and what it says of those whom the attacker does not know."""

    attack: str
    models: int
    queries: int
    target: int
    tested: Repeat


def attack(job: Job) -> list[Row]:
    """Attack one target with everything."""
    torch.set_num_threads(1)
    material, found, place = job.material, job.ensemble, job.target
    member = found.inside[:, place]
    scans, seen = material.scans, _asked(job)
    rng = np.random.default_rng([job.seed, 99, place])
    known = np.zeros(len(member), dtype=bool)
    for side in (True, False):
        mine = np.flatnonzero(member == side)
        known[rng.permutation(mine)[: len(mine) // 2]] = True
    # pair after pair, from the one after the target's own on: no pair is everybody's first
    others = np.roll(np.arange(found.inside.shape[1]), -2 * (place // 2 + 1))[:-2]
    rows, person = [], np.unique(scans.participant_id, return_inverse=True)[1]
    asked = [(one, 0, 1) for one in WITHOUT]
    asked += [(one, models, 1) for models in NUMBERS for one in REFERENCED]
    disguises = found.predicted.shape[2]
    if disguises > 1:
        asked += [(Bavaria(), models, disguises) for models in NUMBERS]
    for one, models, queries in asked:
        signals_of = dict(seen)
        if models:
            used = others[:models]
            signals_of["references/error"] = found.predicted[:, used, :queries] - scans.age[:, None, None]
            signals_of["references/inside"] = found.inside[:, used]
            signals_of["references/target"] = found.predicted[:, place, :queries] - scans.age[:, None]
        taught, tested = (
            {name: np.asarray(array)[mask] for name, array in signals_of.items()} for mask in (known, ~known)
        )
        score = one.score(
            Known(cast(Signals, taught), member[known], scans.participant_id[known]),
            cast(Signals, tested),
            np.random.default_rng(1),
        )
        rows.append(Row(one.name, models, queries, place, Repeat(member[~known], score, person[~known])))
    return rows


def _asked(job: Job) -> dict[str, np.ndarray]:
    """Return the target's own signals of every scan."""
    material, inside = job.material, job.ensemble.inside[:, job.target]
    home = job.ensemble.folders[job.target]  # it is trained: what is kept of it is read
    target = train_like(
        Architecture(job.network, "light", material.inputs.shape),
        recipe(job.network, "light", epochs=job.epochs, weight_decay=job.weight_decay),
        divided(material.inputs, material.scans.age, inside, without_names(material.scans.participant_id)),
        home,
        seed_of(job.seed, job.target),
        "target",
    )
    found = signals.extract(target, material.inputs, material.scans.age, names=NEEDS, folder=home / "signals")
    return {name: np.asarray(array) for name, array in found.seen.items()}
