"""Scans of synthetic people: brains that stay who they are."""

from __future__ import annotations

import numpy as np
from made_phantoms import standard
from scipy import ndimage

from remembrain.cohort.grids import grid
from remembrain.cohort.phantom import image, person
from remembrain.cohort.phantom import shape as shapes
from remembrain.cohort.phantom.image import template_places


def test_people_keep_their_identity_across_grids() -> None:
    people = [person(1, index) for index in range(5)]
    coarse = [standard(image(someone, "32")) for someone in people]
    for place, someone in enumerate(people):
        fine = image(someone, "64").astype(float)
        halved = standard(ndimage.zoom(ndimage.uniform_filter(fine, 2, origin=-1), 0.5, order=0))
        likeness = [np.corrcoef(halved.ravel(), other.ravel())[0, 1] for other in coarse]
        assert int(np.argmax(likeness)) == place


def test_older_ventricles_are_larger() -> None:
    index = np.argsort([person(1, one).aging[0][0] for one in range(40)])
    young, old = index[:4], index[-4:]
    space = grid("48")
    middle = tuple(round(v) for v in np.linalg.solve(space.affine, [0, -12, 14, 1])[:3])
    box = tuple(slice(v - 5, v + 6) for v in middle)

    def dark(one: int) -> float:
        volume = image(person(1, int(one)), "48").astype(float)
        return float((volume[box] < 0.5 * np.quantile(volume[volume > 0], 0.9)).mean())

    assert np.mean([dark(one) for one in old]) > 1.3 * np.mean([dark(one) for one in young])


def test_outside_the_brain_is_zero_and_inside_is_not() -> None:
    volume = image(person(1, 0), "48")
    assert volume.dtype == np.int16
    assert (volume[0] == 0).all()
    assert 0.1 < (volume > 0).mean() < 0.5
    inside = ndimage.binary_erosion(ndimage.binary_fill_holes(volume > 0), iterations=1)
    assert (volume[inside] > 0).all()


def test_no_brain_folds_over_as_it_lies_in_the_scanner() -> None:
    lattice = np.indices(shapes.LATTICE_SHAPE) * shapes.LATTICE_SPACING
    for number in range(10):
        offset = template_places(person(1, number)) - lattice
        assert shapes.jacobian(offset).min() > shapes.SMALLEST_JACOBIAN
