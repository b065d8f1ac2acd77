"""Answers that were given already: the model stays where it is, or was asked before, and is not asked again.

They are columns of the inputs: those of the model itself, as the scan is and in disguise; then what other models
answered, and as many columns of who was in the training of each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from remembrain.targets.brought.black_box import Others
from remembrain.types import Inputs


def own_columns(ways: int) -> Callable[[Inputs], Float[np.ndarray, "scan way"]]:
    """Return what reads a model's own answers, which are the first columns."""
    return lambda inputs: _rows(inputs)[:, :ways]


def other_columns(ways: int, models: int) -> Callable[[Inputs], Others] | None:
    """Return what reads the answers of other models behind so many columns, where there are any."""

    def others(inputs: Inputs) -> Others:
        values = _rows(inputs)
        return Others(values[:, ways : ways + models], values[:, ways + models :] > 0)

    return others if models else None


def _rows(inputs: Inputs) -> Float[np.ndarray, "scan column"]:
    """Return all columns."""
    return np.stack([np.asarray(inputs[place], dtype=float) for place in range(len(inputs))])
