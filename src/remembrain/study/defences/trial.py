"""What is wrong with a setting of defences is found before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence

from remembrain.errors import UsageError
from remembrain.study.defences.grid import Cell
from remembrain.study.recipe import network_of, recipe_of
from remembrain.targets.recipes import Recipe


def refuse_untrainable(listed: Sequence[Cell]) -> None:
    """Raise where a setting cannot be trained as it is declared."""
    for cell in listed:
        members = cell.config.split.members
        promise(cell, int(members) if members > 1 and cell.config.federation is None else None)


def promise(cell: Cell, people: int | None) -> None:
    """Raise where a setting cannot be, or cannot be promised to so many people where their number is known."""
    try:
        recipe = _recipe(cell)
        if recipe.privacy is not None and people is not None:
            recipe.privacy.over(people, recipe.batch_size, recipe.epochs)
    except UsageError as error:
        error.within(cell.setting.name)
        raise


def _recipe(cell: Cell) -> Recipe:
    """Return how a cell's model is trained."""
    federated = cell.config.federation is not None
    return recipe_of(cell.config.training, network_of(cell.config), cell.config.data.label, federated=federated)
