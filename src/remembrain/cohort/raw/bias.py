"""The bias field of the coil, taken out of a scan by N4 (Tustison et al. 2010, IEEE Trans. Med. Imaging 29:1310)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy import ndimage

from remembrain.cohort.raw.extra import itk
from remembrain.cohort.raw.geometry import Matrix, spacing_of
from remembrain.errors import DataError

SPACING = 4.0
"""Millimetres between the voxels that the field is estimated from: it is smooth."""
ITERATIONS = (50, 50, 50)
CONVERGENCE = 0.001


def bias_field(values: Float[np.ndarray, "i j k"], affine: Matrix) -> Float[np.ndarray, "i j k"]:
    """Return the factor by which each voxel is too bright, whose geometric mean over the head is 1.

    The head is what Otsu's threshold finds. Each level of splines takes half the spacing of the one before.

    Raises
    ------
    DataError
        Where there is nothing to estimate it from.
    """
    sitk = itk()
    steps = tuple(max(1, int(SPACING / side + 0.5)) for side in spacing_of(affine))
    few = np.ascontiguousarray(values[:: steps[0], :: steps[1], :: steps[2]], dtype=np.float32)
    image = sitk.GetImageFromArray(few)
    correction = sitk.N4BiasFieldCorrectionImageFilter()
    correction.SetMaximumNumberOfIterations(ITERATIONS)
    correction.SetConvergenceThreshold(CONVERGENCE)
    try:
        head = sitk.OtsuThreshold(image, 0, 1, 200)
        correction.Execute(image, head)
        log_field = sitk.GetArrayFromImage(correction.GetLogBiasFieldAsImage(image))
    except RuntimeError as error:
        raise DataError(f"has no bias field that could be estimated ({str(error).splitlines()[-1][:120]})") from None
    inside = sitk.GetArrayFromImage(head) > 0
    log_field = log_field - (log_field[inside].mean() if inside.any() else 0)
    between = 1 / np.asarray(steps, dtype=float)
    field = ndimage.affine_transform(log_field, between, output_shape=values.shape, order=1, mode="nearest")
    return np.asarray(np.exp(field, dtype=np.float32))
