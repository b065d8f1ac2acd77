"""A declared comparison of defences: which, how strong, with which seeds, and how each model is attacked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from remembrain.attacks import BOUNDING
from remembrain.config import (
    AttackOptions,
    Config,
    DataOptions,
    FederationOptions,
    Options,
    SplitOptions,
    TrainOptions,
    Words,
)
from remembrain.config.idle import insist_on_use
from remembrain.config.recipe import network_of, recipe_of
from remembrain.config.said import Said, Work
from remembrain.errors import UsageError
from remembrain.run import read_toml
from remembrain.targets.defences import named

NONE = "none"


class GridDefence(Options):
    """One defence in some strengths."""

    name: str
    strengths: Annotated[tuple[float, ...], Field(min_length=1)]


class Grid(Options):
    """What stands in ``grid.toml``; the undefended model is always among the settings."""

    seeds: Annotated[tuple[int, ...], Field(min_length=1)] = (0, 1, 2)
    attacks: Words = BOUNDING
    repeats: int = Field(2, ge=1)
    data: DataOptions = DataOptions()
    split: SplitOptions = SplitOptions()
    training: TrainOptions = TrainOptions()
    federation: FederationOptions | None = None
    defences: Annotated[tuple[GridDefence, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Setting:
    """A defence of one strength; without one, the undefended model."""

    defence: str = NONE
    strength: float | None = None

    @property
    def name(self) -> str:
        """What its folder is called."""
        return self.defence if self.strength is None else f"{self.defence}-{self.strength:.12g}"

    @property
    def words(self) -> tuple[str, ...]:
        """What is said on the command line for it."""
        return () if self.strength is None else (f"{self.defence}={self.strength!r}",)


@dataclass(frozen=True)
class Cell:
    """One model to be trained and attacked, in a run folder of its own."""

    setting: Setting
    seed: int
    config: Config
    path: Path


def read_grid(path: Path) -> Grid:
    """Read ``grid.toml``.

    Raises
    ------
    UsageError
        Naming the key that is wrong, or the defence or strength that cannot be.
    """
    content = read_toml(path, UsageError)
    grid = Grid.of_file(path, content, expected="see docs/defences.md")
    training = grid.training
    if training.defences or training.epsilon is not None or training.noise_multiplier is not None:
        raise UsageError("[training] has defences", where=path, expected="those of the grid, under [[defences]]")
    if grid.federation is not None and "split" in content:
        raise UsageError("[split] beside [federation]", where=path, expected="a federation divides people by itself")
    if len(set(grid.seeds)) < len(grid.seeds):
        raise UsageError("a seed stands twice", where=path, expected="each once")
    for setting in settings(grid)[1:]:
        try:
            named(setting.words)
        except UsageError as error:
            error.within(str(path))
            raise
    return grid


def settings(grid: Grid) -> list[Setting]:
    """Return every setting, the undefended one first, each once."""
    listed = [Setting(defence.name, strength) for defence in grid.defences for strength in defence.strengths]
    return list(dict.fromkeys([Setting(), *listed]))


def cells(grid: Grid, source: Path, run: Path) -> list[Cell]:
    """Return every model of a grid; all of one seed have the same people in the same roles."""
    listed, own = [], {"store": grid.data.store or run.resolve() / "prepared", "workers": 1}
    for setting in settings(grid):
        for seed in grid.seeds:
            config = Config(
                source=source.resolve(),
                seed=seed,
                data=grid.data.model_copy(update=own),
                split=grid.split,
                training=grid.training.model_copy(update={"defences": setting.words}),
                federation=grid.federation,
                attack=AttackOptions(attacks=grid.attacks, repeats=grid.repeats),
            )
            listed.append(Cell(setting, seed, config, run / "cells" / setting.name / f"seed-{seed}"))
    return listed


def check_options(grid: Grid, listed: Sequence[Cell], where: Path) -> None:
    """Raise where an option of the grid would change nothing in any of its models."""
    work: Work = "train" if grid.federation is None else "federate"
    configs = (cell.config.model_copy(update={"data": grid.data}) for cell in listed)
    insist_on_use(*(Said.of(config, work) for config in configs), where=where)


def insist_on_promises(listed: Sequence[Cell], people: int | None = None) -> None:
    """Raise where a setting cannot be trained as it is declared, or not be promised to its members.

    Parameters
    ----------
    listed
        The models.
    people
        How many members there are; where they are not counted yet, as many as the grid says by number.
    """
    for cell in listed:
        config, federated = cell.config, cell.config.federation is not None
        declared = int(config.split.members) if config.split.members > 1 and not federated else 0
        try:
            recipe = recipe_of(config.training, network_of(config), config.data.label, federated=federated)
            if recipe.privacy is not None and (members := people or declared):
                recipe.privacy.over(members, recipe.batch_size, recipe.epochs)
        except UsageError as error:
            error.within(cell.setting.name)
            raise


def to_text(grid: Grid, source: Path, people: str) -> str:
    """Return a grid as it is kept in the run folder, with its source and a hash of the people, so that another
    comparison is never gone on with by mistake.
    """
    content = {"grid": grid.model_dump(mode="json"), "source": str(source.resolve()), "people": people}
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
