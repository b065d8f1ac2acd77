"""Some scans of a cohort as the target reads them, without a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from remembrain.types import Filling, Inputs


@dataclass(frozen=True, eq=False)
class Subset:
    """The scans at these places; implements :class:`remembrain.types.Filling`."""

    inputs: Inputs
    index: Int[np.ndarray, "some"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one scan."""
        return self.inputs.shape

    @property
    def front(self) -> tuple[int, ...]:
        """Shape of one scan without what stands beside it for the network."""
        return tuple(getattr(self.inputs, "front", self.inputs.shape))

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, index: int) -> Float[np.ndarray, "*shape"]:
        """Return one scan."""
        return self.inputs[int(self.index[index])]

    def fill(self, batch: Float[np.ndarray, "batch *shape"], places: Int[np.ndarray, "batch"]) -> None:
        """Write these scans into a batch of float32, in this order."""
        if isinstance(self.inputs, Filling):
            self.inputs.fill(batch, self.index[places])
            return
        for row, place in enumerate(places):
            batch[row] = self[int(place)]

    def keys(self) -> Sequence[str]:
        """Return the content hash of each scan."""
        keys = self.inputs.keys()
        return [keys[place] for place in self.index]
