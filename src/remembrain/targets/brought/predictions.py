"""Predictions in a table: the model stays where it is, and so do the scans."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from remembrain.targets.brought.black_box import BlackBox, Others
from remembrain.types import Inputs


def from_predictions(name: str, hashed: str, columns: Sequence[str], *, ways: int, models: int) -> BlackBox:
    """Return the model whose predictions are the first columns of its inputs.

    Parameters
    ----------
    name
        What it is called in the report.
    hashed
        SHA-256 of the file of predictions.
    columns
        The columns of it that inputs hold, by name.
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
        name,
        "predictions in a table",
        lambda inputs: rows(inputs)[:, :ways],
        f"predictions {hashed} {' '.join(columns)}",
        {"predictions": hashed},
        others if models else None,
        "predictions alone were given, so that no model like it can be trained",
    )
