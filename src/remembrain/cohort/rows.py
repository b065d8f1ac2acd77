"""Rows of a table in memory, one a scan; what tells them apart is said by each kind of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Rows:
    """Numbers of each scan; with ``keys`` they are :class:`remembrain.types.Inputs`."""

    values: Float[np.ndarray, "scan column"]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of columns."""
        return (self.values.shape[1],)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: int) -> Float[np.ndarray, "column"]:
        """Return one row."""
        return np.asarray(self.values[index])


@dataclass(frozen=True, eq=False)
class NamedRows(Rows):
    """Rows in full precision, such as what was answered of each scan.

    ``names`` tell rows apart, whichever of their answers are looked at.
    """

    names: tuple[str, ...]

    def keys(self) -> Sequence[str]:
        """Return the name of each row."""
        return self.names
