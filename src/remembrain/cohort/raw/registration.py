"""A brain brought to the template by nine degrees of freedom: three turns, three shifts, three sizes, and no shear."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage

from remembrain.cohort.grids import Grid
from remembrain.cohort.raw.extra import itk
from remembrain.cohort.raw.geometry import Matrix, centre_of, covering, volume_of
from remembrain.cohort.raw.template import Template
from remembrain.cohort.resampling import to_grid
from remembrain.errors import DataError

FREE = (1.0,) * 9 + (0.0,) * 3
"""Of turns, shifts, sizes and shears, which may change."""
SHRINK, SMOOTH = (4, 2, 1), (4.0, 2.0, 0.0)
"""Levels: every so many voxels of 2 mm, after a Gaussian of so many mm."""
STEPS, FIRST_STEP, LAST_STEP, RELAXATION = 100, 1.0, 0.001, 0.6
"""Of the descent at each level; a step is in mm."""
AROUND = 3
"""Voxels around the template's brain that count as well, so that a brain that is too large does not fit."""


def register(
    brain: Float[np.ndarray, "i j k"], mask: Bool[np.ndarray, "i j k"], affine: Matrix, onto: Template
) -> Matrix:
    """Return the affine from the template's millimetres to those of a scan.

    Starts where middle and volume of the brain fit, turned as the header says; climbs the correlation of intensities
    over the template's brain, at 8, 4 and 2 mm.

    Parameters
    ----------
    brain
        The scan, 0 outside of the brain.
    mask
        Where the brain is.
    affine
        From the scan's voxels to its millimetres.
    onto
        The template.

    Raises
    ------
    DataError
        Where nothing of the two lies on each other.
    """
    sitk = itk()
    around = covering(brain.shape, affine, onto.grid.spacing)
    moving = to_grid(brain / float(np.quantile(brain[mask], 0.99)), affine, around)
    start = sitk.ComposeScaleSkewVersor3DTransform()
    start.SetCenter(_numbers(onto.centre))
    start.SetTranslation(_numbers(centre_of(mask, affine) - onto.centre))
    size = (volume_of(mask, affine) / volume_of(onto.mask, onto.grid.affine)) ** (1 / 3)
    start.SetScale([size] * 3)
    transform = sitk.CompositeTransform([start])  # of one: SimpleITK cannot hand this kind back by itself
    method = _method(sitk, onto)
    method.SetInitialTransform(transform, inPlace=True)
    try:
        method.Execute(_image(sitk, onto.brain, onto.grid), _image(sitk, moving, around))
    except RuntimeError as error:
        raise DataError(f"could not be registered ({str(error).splitlines()[-1].strip()[:120]})") from None
    return _matrix(transform)


def _method(sitk: Any, onto: Template) -> Any:
    """Return how the two are brought together; every voxel counts, so that nothing is drawn."""
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsCorrelation()
    near = ndimage.binary_dilation(onto.mask, iterations=AROUND)
    method.SetMetricFixedMask(sitk.Cast(_image(sitk, near, onto.grid), sitk.sitkUInt8))
    method.SetMetricSamplingStrategy(method.NONE)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerWeights(FREE)
    method.SetShrinkFactorsPerLevel(SHRINK)
    method.SetSmoothingSigmasPerLevel(SMOOTH)
    method.SetSmoothingSigmasAreSpecifiedInPhysicalUnits(True)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=FIRST_STEP,
        minStep=LAST_STEP,
        numberOfIterations=STEPS,
        relaxationFactor=RELAXATION,
        gradientMagnitudeTolerance=1e-6,
    )
    method.SetOptimizerScalesFromPhysicalShift()
    return method


def _image(sitk: Any, values: Float[np.ndarray, "x y z"] | Bool[np.ndarray, "x y z"], grid: Grid) -> Any:
    """Return an image of ITK's, whose axes are ours: right, front, up."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(values.T, dtype=np.float32))
    image.SetOrigin(_numbers(grid.origin))
    image.SetSpacing([grid.spacing] * 3)
    return image


def _matrix(transform: Any) -> Matrix:
    """Return an affine transform of ITK's as a matrix, from where it takes four places."""
    matrix = np.eye(4)
    matrix[:3, 3] = transform.TransformPoint([0.0, 0.0, 0.0])
    for axis in range(3):
        matrix[:3, axis] = np.subtract(transform.TransformPoint(_numbers(np.eye(3)[axis] * 100)), matrix[:3, 3]) / 100
    return matrix


def _numbers(values: Any) -> list[float]:
    """Return numbers as ITK takes them."""
    return [float(value) for value in values]
