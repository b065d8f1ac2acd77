"""The head that all are brought to: the ICBM152 2009a template, which nilearn carries, on the grid ``mni``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Float

from remembrain.cohort.grids import GRIDS, Grid
from remembrain.cohort.raw.geometry import centre_of
from remembrain.cohort.resampling import to_grid

NAME = "MNI152NLin2009aSym"
"""As BIDS calls it; its left and right halves are mirror images of each other."""


@dataclass(frozen=True, eq=False)
class Template:
    """The brain of the template and where it is."""

    grid: Grid
    brain: Float[np.ndarray, "x y z"]
    mask: Bool[np.ndarray, "x y z"]

    @property
    def centre(self) -> Float[np.ndarray, "3"]:
        """The middle of the brain, in millimetres."""
        return centre_of(self.mask, self.grid.affine)


@lru_cache(maxsize=1)
def template() -> Template:
    """Return the template at 2 mm, on 91 x 109 x 91 voxels."""
    from nilearn import datasets  # here, because it takes two seconds

    grid = GRIDS["mni"]
    brain, mask = datasets.load_mni152_template(resolution=1), datasets.load_mni152_brain_mask(resolution=1)
    on_grid = to_grid(np.asarray(brain.dataobj, dtype=np.float32), np.asarray(brain.affine), grid)
    inside = to_grid((np.asarray(mask.dataobj) > 0).astype(np.float32), np.asarray(mask.affine), grid)
    return Template(grid, on_grid, inside > 0.5)
