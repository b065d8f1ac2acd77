"""Arrays larger than memory: put behind one another, read by rows, and opened again in a worker process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Int

from remembrain.run import read_array
from remembrain.types import Array, Rows

Source: TypeAlias = "Path | Array | tuple[Source, ...]"
"""An array as it goes to a worker: by its file where it has one."""


@dataclass(frozen=True, eq=False)
class Stack:
    """Arrays one behind the other along the first axis, of which only the rows that are asked for are read."""

    parts: tuple[Array | Stack, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all of them together."""
        return (sum(part.shape[0] for part in self.parts), *self.parts[0].shape[1:])

    def __getitem__(self, index: Int[np.ndarray, "some"]) -> Array:
        """Return these rows, in this order."""
        starts = np.cumsum([0, *(part.shape[0] for part in self.parts)])
        part = np.searchsorted(starts, index, side="right") - 1
        rows = {place: np.flatnonzero(part == place) for place in np.unique(part).tolist()}
        values = {place: self.parts[place][index[positions] - starts[place]] for place, positions in rows.items()}
        array = np.empty((len(index), *self.shape[1:]), dtype=np.result_type(*values.values()))
        for place, positions in rows.items():
            array[positions] = values[place]
        return array


def source_of(array: Array | Stack) -> Source:
    """Return an array as it goes to a worker."""
    if isinstance(array, Stack):
        return tuple(source_of(part) for part in array.parts)
    return Path(str(array.filename)) if isinstance(array, np.memmap) and array.filename else array


def opened(source: Source) -> Array | Stack:
    """Return the array, memory-mapped where it is a file."""
    if isinstance(source, tuple):
        return Stack(tuple(opened(part) for part in source))
    return read_array(source, mapped=True) if isinstance(source, Path) else source


def rows_of(signals: Mapping[str, Array | Stack], index: Int[np.ndarray, "some"]) -> dict[str, Rows]:
    """Return the signals of these scans, read when they are asked for."""
    return {name: Rows(array, index) for name, array in signals.items()}
