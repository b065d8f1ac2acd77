"""The voxel grids that phantoms are made on and volumes are brought to; all in MNI152 space, RAS+."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from remembrain._text import shown
from remembrain.errors import UsageError


@dataclass(frozen=True)
class Grid:
    """A grid of ``shape`` voxels of ``spacing`` mm whose first voxel's centre lies at ``origin`` mm (RAS+)."""

    name: str
    shape: tuple[int, int, int]
    spacing: float
    origin: tuple[float, float, float]

    @property
    def affine(self) -> Float[np.ndarray, "4 4"]:
        """Matrix from voxel indices to millimetres."""
        matrix = np.diag([self.spacing, self.spacing, self.spacing, 1.0])
        matrix[:3, 3] = self.origin
        return matrix


def _cube(side: int) -> Grid:
    """Return a 192 mm cube around (0, -18, 18) mm, which holds a whole brain in MNI space."""
    spacing = 192.0 / side
    first = -96.0 + spacing / 2
    return Grid(str(side), (side, side, side), spacing, (first, first - 18.0, first + 18.0))


GRIDS: dict[str, Grid] = {
    "32": _cube(32),
    "48": _cube(48),
    "64": _cube(64),
    "mni": Grid("mni", (91, 109, 91), 2.0, (-90.0, -126.0, -72.0)),
}


def grid(name: str) -> Grid:
    """Return a grid by name.

    Raises
    ------
    UsageError
        Where there is none of that name.
    """
    if name not in GRIDS:
        raise UsageError(f"no grid {shown(name)!r}", expected=f"one of {', '.join(GRIDS)}")
    return GRIDS[name]
