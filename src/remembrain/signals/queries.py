"""Ways to show one scan to a model several times: a memorised one is recognised in disguise (Carlini et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from jaxtyping import Float

from remembrain.types import Inputs

BRIGHTER = 1.05


@dataclass(frozen=True)
class Query:
    """A disguise of a volume.

    ``mirrored`` along which axes, ``shift`` by how many voxels along each, ``factor`` by which it is multiplied.
    """

    name: str
    mirrored: tuple[int, ...] = ()
    shift: tuple[int, int, int] = (0, 0, 0)
    factor: float = 1.0

    def __call__(
        self, scan: Float[np.ndarray, "*shape"], front: Sequence[int] | None = None
    ) -> Float[np.ndarray, "*shape"]:
        """Return the scan in disguise; what is shifted out at one side is filled with the edge.

        ``front`` is the shape of the volume where a flat ``scan`` holds more than it: that stays as it is.
        """
        if front is not None and tuple(front) != scan.shape:
            size = prod(front)
            return np.concatenate([self(scan[:size].reshape(front)).reshape(-1), scan[size:]])
        if self.mirrored:
            scan = np.flip(scan, self.mirrored)
        for axis, by in enumerate(self.shift, start=1):
            if by:
                places = np.clip(np.arange(scan.shape[axis]) - by, 0, scan.shape[axis] - 1)
                scan = np.take(scan, places, axis=axis)
        return np.ascontiguousarray(scan * np.float32(self.factor) if self.factor != 1.0 else scan)


QUERIES: tuple[Query, ...] = (
    Query("as-it-is"),
    Query("mirrored", mirrored=(1,)),
    Query("left", shift=(1, 0, 0)),
    Query("right", shift=(-1, 0, 0)),
    Query("up", shift=(0, 0, 1)),
    Query("down", shift=(0, 0, -1)),
    Query("brighter", factor=BRIGHTER),
    Query("darker", factor=1 / BRIGHTER),
)
"""In the order in which they are used; tables have only the first."""


@dataclass(frozen=True, eq=False)
class Queried:
    """Scans in disguise; implements :class:`remembrain.types.Inputs`."""

    inputs: Inputs
    query: Query

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one scan."""
        return self.inputs.shape

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: int) -> Float[np.ndarray, "*shape"]:
        """Return one scan."""
        return self.query(self.inputs[index], front_of(self.inputs))

    def keys(self) -> Sequence[str]:
        """Return a hash of each scan and of its disguise."""
        return [f"{key} {self.query.name}" for key in self.inputs.keys()]  # noqa: SIM118  # no mapping


def front_of(inputs: Inputs) -> tuple[int, ...]:
    """Return the shape of the scan itself, where inputs hold more for the network than that."""
    return tuple(getattr(inputs, "front", inputs.shape))


def queries_for(shape: Sequence[int], count: int) -> tuple[Query, ...]:
    """Return as many queries as can be made of inputs of this shape, at most ``count``."""
    return QUERIES[: count if len(shape) == 4 else 1]
