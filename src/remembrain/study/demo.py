"""The demonstration: phantom people, two networks trained on them, both attacked, one report. Needs no download."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from remembrain._parallel import map_processes
from remembrain.cohort import volumes
from remembrain.cohort.bids import read_bids
from remembrain.cohort.grids import grid as find_grid
from remembrain.cohort.phantom import write_cohort
from remembrain.config import Config, DataOptions, SplitOptions, TrainOptions
from remembrain.errors import UsageError
from remembrain.evidence import power
from remembrain.report import write as report
from remembrain.run import remove_leftovers
from remembrain.study import audit

NETWORKS = ("cnn3d", "slice-mean")


@dataclass(frozen=True)
class _Audit:
    """One network to train and attack in a process of its own: two of them keep two cores busier than one after the
    other, each with two.
    """

    config: Config
    path: Path


def run_demo(run: Path, *, seed: int, people: int, grid: str) -> Path:
    """Make people, train both networks side by side, attack both, and return the report over both.

    Parameters
    ----------
    run
        Folder that gets ``phantoms/``, a run folder a network, and ``report.html``; a stopped demonstration goes on.
    seed
        Of everything.
    people
        Three eighths are members, three eighths are not, and on half of the others a shadow model is trained.
    grid
        Name of the grid.
    """
    side = people * 3 // 8
    why = power.cannot(power.Counts(side, side, side // 2, side // 2))
    if why:
        least = -(-max(power.fewest_members(), power.fewest_nonmembers()) * 8 // 3)
        raise UsageError(f"nothing could be assessed of {people} people: {why}", expected=f"--people {least} or more")
    remove_leftovers(run)
    phantoms = write_cohort(run / "phantoms", people=people, grid=grid, seed=seed)
    data = DataOptions.model_validate({"grid": grid, "store": run / "prepared", "workers": 1})
    volumes.look(read_bids(phantoms), find_grid(grid), run / "prepared")  # once, for both
    audits = []
    for name in NETWORKS:
        config = Config(
            source=phantoms,
            seed=seed,
            data=data,
            split=SplitOptions(members=side, nonmembers=side, validation=0, population=people - 2 * side),
            training=TrainOptions(network=name),
        )
        audits.append(_Audit(config, run / name))
    map_processes(_train, audits, workers=None, description="training two networks")
    map_processes(_attack, audits, workers=None, description="attacking two networks")
    return report.write([example.path for example in audits], run / "report.html")


def _train(example: _Audit) -> None:
    """Train one network in a worker."""
    audit.train(example.config, example.path)


def _attack(example: _Audit) -> None:
    """Attack one network in a worker."""
    audit.attack(example.path, example.config.attack, workers=1)
