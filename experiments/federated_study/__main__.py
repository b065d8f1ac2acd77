"""The published federated study on phantoms, whole: three environments, two networks, matched and unmatched people.

    python experiments/federated_study OUT

makes people, trains both networks over eight learners in each environment, has every learner and the server attack
every other, and writes ``OUT/table.md`` and ``OUT/results.json``: beside the printed means over successful pairs stand
ours, the mean over all pairs, what an attacker gets who never sees the model, and what is left where people are
matched. A stopped run goes on where it stopped. About an hour on two cores; ``--people 400 --rounds 2`` tries the
machinery.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from cyclopts import App
from table import write_table

from remembrain.cohort.phantom import write_cohort
from remembrain.config import AttackOptions, Config, DataOptions, FederationOptions, TrainOptions
from remembrain.errors import RemembrainError
from remembrain.federation.environments import ENVIRONMENTS
from remembrain.report import write as report
from remembrain.run import write_json
from remembrain.study import audit
from remembrain.study.federated.federate import federate

NETWORKS = ("cnn3d", "slice-mean")
ATTACKS = (
    "error-threshold",
    "network:prediction+label",
    "network:gradient-magnitude",
    "network:gradient:output",
)
app = App(help=__doc__)


@app.default
def federated_study(
    out: Path, /, *, people: int = 1600, rounds: int | None = None, grid: str = "32", seed: int = 2
) -> None:
    """Run it.

    Parameters
    ----------
    out
        Folder that gets everything.
    people
        How many; half of them are nobody's.
    rounds
        Of every federation; as published when left out.
    grid
        Voxels a side.
    seed
        Of everything.
    """
    write_cohort(out / "phantoms", people=people, grid=grid, seed=seed)
    found, seconds = {}, {}
    for network in NETWORKS:
        for environment in ENVIRONMENTS:
            before = time.monotonic()
            path = out / f"{network}-{environment}"
            config = Config(
                source=out / "phantoms",
                seed=seed,
                data=DataOptions(grid=grid, store=out / "prepared"),
                training=TrainOptions(network=network),
                federation=FederationOptions(environment=environment, unseen=0.5, rounds=rounds),
            )
            federate(config, path)
            trained = time.monotonic()
            audit.attack(path, AttackOptions(attacks=ATTACKS, repeats=2))
            report.write([path])
            found[network, environment] = json.loads((path / "evidence.json").read_text())
            seconds[f"{network} {environment}"] = (trained - before, time.monotonic() - trained)
            write_json(out / "results.json", {"seconds": seconds})
            write_table(out / "table.md", found)
    print(out / "table.md")


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"federated_study: {error}") from None
