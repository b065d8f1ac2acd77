"""One scan from its voxels to a brain on the template's grid, step by step; knows no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from remembrain.cohort.nifti import Volume
from remembrain.cohort.raw import bias, registration
from remembrain.cohort.raw.bias import bias_field
from remembrain.cohort.raw.brain import DARKEST, DARKEST_BRAIN, LEAST_HEAD, NEAR, brain_mask, is_stripped, own_mask
from remembrain.cohort.raw.geometry import Matrix, Parts, dice, likeness, parts_of, volume_of
from remembrain.cohort.raw.quality import LEAST_OVERLAP, MOST_STRETCH, Measures, misfits
from remembrain.cohort.raw.registration import register
from remembrain.cohort.raw.template import NAME, Template, template
from remembrain.cohort.resampling import to_grid
from remembrain.errors import DataError

RECIPE = 1
"""Raised whenever a step changes, so that scans that were prepared before are prepared again."""
STRIPPED = "has no skull any more: the brain is taken as the scan says"
REGISTERED_AGAIN = "says that it lies in MNI space already, with its skull; it is registered again"


@dataclass(frozen=True, eq=False)
class Standard:
    """A brain on the template's grid, where it is, how it came there, and what was measured and is to be told.

    ``outline`` is the template's own mask, which a picture is drawn with; ``matrix`` goes from the template's
    millimetres to the scan's.
    """

    brain: Float[np.ndarray, "x y z"]
    mask: Bool[np.ndarray, "x y z"]
    outline: Bool[np.ndarray, "x y z"]
    matrix: Matrix
    measures: Measures
    notes: tuple[str, ...]


def parameters() -> Mapping[str, object]:
    """Return every setting of the steps, as they are written beside a scan."""
    return {
        "recipe": RECIPE,
        "template": NAME,
        "bias_field": {"spacing_mm": bias.SPACING, "iterations": bias.ITERATIONS, "convergence": bias.CONVERGENCE},
        "brain": {"near_mm": NEAR, "least_head": LEAST_HEAD, "darkest": DARKEST, "darkest_brain": DARKEST_BRAIN},
        "registration": {
            "degrees_of_freedom": int(sum(registration.FREE)),
            "metric": "correlation",
            "shrink": registration.SHRINK,
            "smooth_mm": registration.SMOOTH,
            "steps": registration.STEPS,
            "first_step": registration.FIRST_STEP,
            "last_step": registration.LAST_STEP,
            "relaxation": registration.RELAXATION,
        },
        "least_overlap": LEAST_OVERLAP,
        "most_stretch": MOST_STRETCH,
    }


def standard(volume: Volume, *, says_mni: bool) -> Standard:
    """Return one scan without bias field and skull, in the place and size of the template.

    Parameters
    ----------
    volume
        The scan in RAS+ order.
    says_mni
        Whether its header or name says that it lies in MNI space.

    Raises
    ------
    DataError
        Where a step cannot be done, or the scan is prepared already.
    """
    affine, onto = volume.affine, template()
    even = np.maximum(volume.values, 0) / bias_field(volume.values, affine)
    mask, notes = _brain(volume, even, says_mni=says_mni)
    brain = np.where(mask, even, np.float32(0))
    matrix = register(brain, mask, affine, onto)
    to_template = np.linalg.inv(matrix) @ affine
    there = to_grid(mask.astype(np.float32), to_template, onto.grid) > 0.5
    placed = np.where(there, to_grid(brain, to_template, onto.grid), np.float32(0))
    measures = _measures(placed, there, parts_of(matrix, onto.centre), onto, volume_of(mask, affine))
    if wrong := misfits(measures):
        raise DataError(f"could not be brought to the template ({'; '.join(wrong)})")
    return Standard(placed, there, onto.mask, matrix, measures, (*volume.notes, *notes))


def _measures(
    brain: Float[np.ndarray, "x y z"], mask: Bool[np.ndarray, "x y z"], parts: Parts, onto: Template, brain_ml: float
) -> Measures:
    """Return what is measured of a brain in its place."""
    return Measures(
        overlap=dice(mask, onto.mask),
        brain_ml=brain_ml,
        symmetry=dice(mask, mask[::-1]),
        likeness=likeness(brain[onto.mask], onto.brain[onto.mask]),
        stretch=max(parts.scales) / min(parts.scales),
        turned=parts.turned,
        moved=parts.moved,
        size=float(np.prod(parts.scales) ** (1 / 3)),
    )


def _brain(
    volume: Volume, even: Float[np.ndarray, "i j k"], *, says_mni: bool
) -> tuple[Bool[np.ndarray, "i j k"], tuple[str, ...]]:
    """Return where the brain is, and what is to be told of it; what was prepared before is not prepared again."""
    mask = brain_mask(even, volume.affine)
    if not is_stripped(volume.values, mask, volume.affine):
        return mask, (REGISTERED_AGAIN,) if says_mni else ()
    if says_mni:
        raise DataError("is prepared already: it has no skull and says that it lies in MNI space (audit it as it is)")
    return own_mask(volume.values), (STRIPPED,)
