"""What reference models add to attacks on brain-age models, and what comes close without them, on phantoms.

    python experiments/reference_models OUT [--network slice-mean]

makes 1,600 people on 32 voxels a side, trains 18 models on random halves of them (9 pairs of a half and the other
half), takes several of these as the target in turn, each with the 16 models of the other pairs as references, and
writes ``OUT/NETWORK.md``: every attack's AUC and true-positive rate, by the number of reference models, mean over
targets with an interval about people and targets; and ``OUT/power.svg`` of all networks that were done there. A stopped
run goes on. 25 minutes a network on two cores. Without weight decay and for as many epochs as make members' errors a
third of the others'; ``--weight-decay 0.001 --epochs 15`` is nearer to the preset of the 3D-CNN.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cyclopts import App
from figure import draw
from judging import Job, attack
from table import write_table

from remembrain._parallel import map_processes
from remembrain.cohort.phantom import write_cohort
from remembrain.config import Config, DataOptions, SplitOptions
from remembrain.config.roles import roles_of
from remembrain.errors import RemembrainError
from remembrain.references.ensemble import Population, Training, train_references
from remembrain.references.shadow import Architecture
from remembrain.signals.queries import queries_for
from remembrain.study.people import gather
from remembrain.targets.recipes import recipe

app = App(help=__doc__)
EPOCHS = {"cnn3d": 32, "slice-mean": 15}


@app.default
def reference_models(
    out: Path,
    /,
    *,
    network: Literal["cnn3d", "slice-mean"] = "cnn3d",
    people: int = 1600,
    targets: int = 9,
    epochs: int | None = None,
    weight_decay: float = 0.0,
    queries: int = 4,
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
        Of every training; 32 for the 3D-CNN and 15 for the other when left out.
    weight_decay
        Of every training.
    queries
        Ways to show each scan.
    seed
        Of everything.
    workers
        Processes; one a core when left out.
    """
    epochs = EPOCHS[network] if epochs is None else epochs
    phantoms = write_cohort(out / "phantoms", people=people, grid="32", seed=seed)
    options = DataOptions.model_validate({"grid": "32", "store": out / "prepared"})
    config = Config(
        source=phantoms,
        seed=seed,
        data=options,
        split=SplitOptions(members=people // 2, nonmembers=people // 2, validation=0, population=0),
    )
    material = gather(config, roles_of(config, out / "none"))
    how = recipe(network, "light", epochs=epochs, weight_decay=weight_decay)
    like = Architecture(network, "light", material.inputs.shape)
    found = train_references(
        like,
        how,
        Population(material.inputs, material.scans.age, material.scans.participant_id),
        Training(18, seed, workers),
        out / network,
        queries_for(material.inputs.shape, queries),
    )
    jobs = [Job(material, found, network, epochs, weight_decay, target, out, seed) for target in range(targets)]
    rows = [row for some in map_processes(attack, jobs, workers=workers, description="attacking") for row in some]
    half = people // 4
    tested = f"The attacker knows {half} members and {half} others of each target; tested on as many."
    table = write_table(out / f"{network}.md", rows, found, material.scans.age, tested)
    print(table)
    print(draw([path for one in EPOCHS if (path := out / f"{one}.md").is_file()], out / "power.svg"))


if __name__ == "__main__":
    try:
        app()
    except RemembrainError as error:
        raise SystemExit(f"reference_models: {error}") from None
