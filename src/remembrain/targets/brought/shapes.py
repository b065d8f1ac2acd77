"""Scans as a network reads them: stacked, in the shape that it says."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from remembrain.errors import DataError
from remembrain.targets.brought.asking import Predict


def as_array(scans: Sequence[Any]) -> Float[np.ndarray, "scan *shape"]:
    """Return scans as one array."""
    return scans if isinstance(scans, np.ndarray) else np.stack([np.asarray(scan) for scan in scans])


def fitted(
    predict: Predict, wanted: tuple[int | None, ...] | None, shape: tuple[int, ...], where: str | Path, hint: str
) -> Predict:
    """Return what predicts of scans of a shape, whose axes of one are laid as the model wants them.

    Parameters
    ----------
    predict
        Reads scans of the shape it wants.
    wanted
        That shape; ``None`` where it is not said, and scans are given as they are.
    shape
        Of one scan as it is.
    where, hint
        The model, and what to try, for the message.

    Raises
    ------
    DataError
        Where it reads scans of another shape.
    """
    if wanted is None or _agree(wanted, shape):
        return predict
    for laid in (tuple(side for side in shape if side != 1), (1, *shape), (prod(shape),)):
        if _agree(wanted, laid):
            return lambda scans: predict(as_array(scans).reshape(-1, *laid))
    reads = " x ".join("any" if side is None else str(side) for side in wanted)
    have = " x ".join(map(str, shape))
    raise DataError(f"reads {reads}, and the data are {have}", where=where, expected=have, try_next=hint)


def _agree(wanted: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    """Tell whether scans of a shape are what is wanted."""
    return len(wanted) == len(shape) and all(want in (None, side) for want, side in zip(wanted, shape, strict=True))
