"""Answers that were given already: the model stays where it is, or was asked before, and is not asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from remembrain.targets.brought.black_box import ONLY_ANSWERS, BlackBox, Others
from remembrain.types import Inputs


@dataclass(frozen=True)
class Given:
    """Whose answers these are.

    Attributes
    ----------
    name
        What the model is called in the report.
    origin
        Where its answers come from, in words.
    code
        Everything that decides them, as text.
    hashes
        What the evidence says of it, by name.
    why_not_again
        Why no further model like it can be trained.
    notes
        What is to be told of it.
    """

    name: str
    origin: str
    code: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    why_not_again: str = ONLY_ANSWERS
    notes: tuple[str, ...] = ()


def from_answers(given: Given, *, ways: int, models: int) -> BlackBox:
    """Return the model whose answers are the first columns of its inputs.

    Parameters
    ----------
    given
        Whose.
    ways
        How many columns are of the model itself: the scan as it is first, then in disguise.
    models
        How many other models' answers follow, and then as many columns of who was in their training.
    """

    def rows(inputs: Inputs) -> Float[np.ndarray, "scan column"]:
        return np.stack([np.asarray(inputs[place], dtype=float) for place in range(len(inputs))])

    def others(inputs: Inputs) -> Others:
        values = rows(inputs)
        return Others(values[:, ways : ways + models], values[:, ways + models :] > 0)

    return BlackBox(
        given.name,
        given.origin,
        lambda inputs: rows(inputs)[:, :ways],
        given.code,
        given.hashes,
        others if models else None,
        given.why_not_again,
        given.notes,
    )
