"""What reference models add to attacks on brain-age models, and what comes close without them, on phantoms.

    python experiments/reference_models OUT [--network slice-mean]

makes 1,600 people on 32 voxels a side, trains 18 models on random halves of them (9 pairs of a half and the other
half), takes several of these as the target in turn, each with the 16 models of the other pairs as references, and
writes ``OUT/NETWORK.md``: every attack's AUC and true-positive rates, by the number of reference models, mean over
targets with Student's interval. A stopped run goes on. About 40 minutes a network on two cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
from cyclopts import App
from table import write_table

from remembrain import signals
from remembrain._parallel import map_processes
from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.boosted import Boosted
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.inverse_hessian import InverseHessian
from remembrain.attacks.leverage import Leverage
from remembrain.attacks.lira import Lira
from remembrain.attacks.logistic import LogisticOnOutputs
from remembrain.attacks.rmia import Rmia
from remembrain.attacks.unusual_error import UnusualError
from remembrain.attacks.without_age import WithoutAge
from remembrain.cohort.phantom import write_cohort
from remembrain.config import Config, DataOptions, SplitOptions
from remembrain.errors import RemembrainError
from remembrain.evidence.metrics import auc, tpr_at_fpr
from remembrain.references.ensemble import Ensemble, seed_of, train_references
from remembrain.references.queries import queries_for
from remembrain.references.shadow import Architecture, train_like
from remembrain.study.material import Material, decide_split, make_material, read_cohort
from remembrain.target.recipes import recipe
from remembrain.types import Attack, Known, Signals

app = App(help=__doc__)
WITHOUT: tuple[Attack, ...] = (
    ErrorThreshold(),
    LogisticOnOutputs(),
    UnusualError(),
    InverseHessian(),
    Leverage(),
    Boosted(),
)
WITH: tuple[Attack, ...] = (
    Lira(),
    Lira(pooled=False),
    Lira(online=False),
    Lira(online=False, pooled=False),
    Rmia(),
    Bavaria(),
    WithoutAge(),
    Boosted(references=True),
)
NUMBERS = (2, 4, 8, 16)
NEEDS = ("prediction", "label", "error", "gradient:output")


@dataclass(frozen=True, eq=False)
class Job:
    """One target for a worker process."""

    material: Material
    ensemble: Ensemble
    network: str
    epochs: int
    target: int
    out: Path
    seed: int


@dataclass(frozen=True)
class Row:
    """One attack on one target."""

    attack: str
    models: int
    queries: int
    target: int
    auc: float
    tpr: dict[float, float]


@app.default
def reference_models(
    out: Path,
    /,
    *,
    network: Literal["cnn3d", "slice-mean"] = "cnn3d",
    people: int = 1600,
    targets: int = 9,
    epochs: int = 15,
    queries: int = 8,
    seed: int = 7,
    workers: int | None = None,
) -> None:
    """Run it.

    Parameters
    ----------
    out
        Folder that gets everything.
    network
        Which network.
    people
        How many are made; half of them are in each model.
    targets
        How many of the 18 models are the target in turn.
    epochs
        Of every training.
    queries
        Ways to show each scan.
    seed
        Of everything.
    workers
        Processes; one a core when left out.
    """
    phantoms = write_cohort(out / "phantoms", people=people, grid="32", seed=seed)
    options = DataOptions.model_validate({"grid": "32", "store": out / "prepared"})
    config = Config(
        source=phantoms,
        seed=seed,
        data=options,
        split=SplitOptions(members=people // 2, nonmembers=people // 2, validation=0, population=0),
    )
    cohort = read_cohort(phantoms, options)
    material = make_material(cohort, decide_split(cohort, config.split, seed, out / "none"), config)
    how = recipe(network, "light", epochs=epochs)
    like = Architecture(network, "light", material.inputs.shape)
    found = train_references(
        like,
        how,
        material.inputs,
        material.scans.age,
        material.scans.participant_id,
        models=18,
        queries=queries_for(material.inputs.shape, queries),
        folder=out / network,
        seed=seed,
        workers=workers,
    )
    jobs = [Job(material, found, network, epochs, target, out, seed) for target in range(targets)]
    rows = [row for some in map_processes(attack, jobs, workers=workers, description="attacking") for row in some]
    half = people // 4
    tested = f"The attacker knows {half} members and {half} others of each target; tested on as many."
    print(write_table(out / f"{network}.md", rows, found, material.scans.age, tested))


def attack(job: Job) -> list[Row]:
    """Attack one target with everything."""
    import torch

    torch.set_num_threads(1)
    material, found, place = job.material, job.ensemble, job.target
    member = found.inside[:, place]
    scans, seen = material.scans, _asked(job)
    rng = np.random.default_rng([job.seed, 99, place])
    known = np.zeros(len(member), dtype=bool)
    for side in (True, False):
        mine = np.flatnonzero(member == side)
        known[rng.permutation(mine)[: len(mine) // 2]] = True
    others = np.array([model for model in range(found.inside.shape[1]) if model // 2 != place // 2])
    rows = []
    asked = [(one, 0, 1) for one in WITHOUT]
    asked += [(one, models, 1) for models in NUMBERS for one in WITH]
    asked += [
        (one, models, found.predicted.shape[2])
        for models in NUMBERS
        for one in WITH[5:6]
        if found.predicted.shape[2] > 1
    ]
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
        truth = member[~known]
        rates = {fpr: tpr_at_fpr(truth, score, fpr) for fpr in (0.01, 0.001)}
        rows.append(Row(one.name, models, queries, place, auc(truth, score), rates))
    return rows


def _asked(job: Job) -> dict[str, np.ndarray]:
    """Return the target's own signals of every scan."""
    material, inside = job.material, job.ensemble.inside[:, job.target]
    home = job.ensemble.folders[job.target]  # it is trained: what is kept of it is read
    target = train_like(
        Architecture(job.network, "light", material.inputs.shape),
        recipe(job.network, "light", epochs=job.epochs),
        material.inputs,
        material.scans.age,
        inside,
        material.scans.participant_id,
        folder=home,
        seed=seed_of(job.seed, job.target),
        description="target",
    )
    found = signals.extract(target, material.inputs, material.scans.age, names=NEEDS, folder=home / "signals")
    return {name: np.asarray(array) for name, array in found.items()}


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"reference_models: {error}") from None
