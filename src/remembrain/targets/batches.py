"""Scans as the tensors that a network takes, some at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from remembrain.types import Filling, Inputs


def read(inputs: Inputs, places: Int[np.ndarray, "batch"]) -> Float[Tensor, "batch *shape"]:
    """Read some scans as one tensor."""
    batch = np.empty((len(places), *inputs.shape), dtype=np.float32)
    if isinstance(inputs, Filling):
        inputs.fill(batch, places)
    else:
        for row, place in enumerate(places):
            batch[row] = inputs[int(place)]
    return torch.from_numpy(batch)


def batches(
    inputs: Inputs, order: Int[np.ndarray, "some"], size: int
) -> Iterator[tuple[Int[np.ndarray, "batch"], Float[Tensor, "batch *shape"]]]:
    """Cut an order of scans into batches and read each; the last may be smaller."""
    for start in range(0, len(order), size):
        places = order[start : start + size]
        yield places, read(inputs, places)
