"""What is run: how many people, on which grid, which networks, and how they are varied for Figure 1."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from remembrain._parallel import map_processes
from remembrain.config import Config, DataOptions, SplitOptions, TrainOptions
from remembrain.study import audit

NETWORKS = ("cnn3d", "slice-mean")


@dataclass(frozen=True)
class Size:
    """How large the study is. The population trains the shadow model: half of it is as much of the members as published
    (5,000 of 7,312).
    """

    members: int = 800
    nonmembers: int = 800
    population: int = 1100
    grid: str = "48"
    seed: int = 3

    @property
    def people(self) -> int:
        """Everybody."""
        return self.members + self.nonmembers + self.population


def phantoms(out: Path) -> Path:
    """Return where the people lie."""
    return out / "phantoms"


def config(out: Path, size: Size, network: str, **training: object) -> Config:
    """Return the options of one training; checkpoints of every second epoch are kept for Figure 1."""
    return Config(
        source=phantoms(out),
        seed=size.seed,
        data=DataOptions.model_validate({"grid": size.grid, "store": out / "prepared"}),
        split=SplitOptions(members=size.members, nonmembers=size.nonmembers, validation=0, population=size.population),
        training=TrainOptions.model_validate({"network": network, "keep_every": 2, **training}),
    )


def train_both(out: Path, size: Size) -> None:
    """Train both networks side by side; here, since workers cannot import what stands in a folder's ``__main__``."""
    trainings = [(config(out, size, network), out / network) for network in NETWORKS]
    map_processes(_train, trainings, workers=None, description="training both networks")


def _train(one: tuple[Config, Path]) -> None:
    """Train one network in a worker."""
    audit.train(*one)
