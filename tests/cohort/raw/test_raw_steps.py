"""A whole head becomes a brain in the template's place: one man's, moved and shaded as scanners do it."""

from __future__ import annotations

import numpy as np
import pytest

from made_raw import apart, colin, motion, moved, needs_colin, needs_extra
from remembrain.cohort.nifti import Volume
from remembrain.cohort.raw.geometry import dice, likeness, volume_of
from remembrain.cohort.raw.steps import REGISTERED_AGAIN, STRIPPED, Standard, parameters, standard
from remembrain.cohort.raw.template import template
from remembrain.errors import DataError

TRUTH = motion((14, -6, 8), (5, -20, 15), (0.95, 1.03, 0.98))


def test_every_setting_is_told() -> None:
    assert parameters()["registration"]["degrees_of_freedom"] == 9  # type: ignore[index]
    assert parameters()["template"] == "MNI152NLin2009aSym"


@pytest.fixture(scope="module")
def as_he_lies() -> Standard:
    return standard(colin(), says_mni=True)


@needs_extra
@needs_colin
@pytest.mark.slow
def test_one_man_s_head_lies_on_the_template(as_he_lies: Standard) -> None:
    onto = template()
    assert as_he_lies.brain.shape == (91, 109, 91)
    assert as_he_lies.measures.overlap == dice(as_he_lies.mask, onto.mask) > 0.95
    assert as_he_lies.measures.likeness > 0.65
    assert as_he_lies.measures.symmetry > 0.95
    assert likeness(as_he_lies.brain[onto.mask], np.roll(onto.brain, 3, axis=1)[onto.mask]) < 0.5
    assert not as_he_lies.brain[~as_he_lies.mask].any()
    assert as_he_lies.notes == (REGISTERED_AGAIN,)


@needs_extra
@needs_colin
@pytest.mark.slow
def test_the_same_head_moved_and_shaded_comes_back_to_the_same_place(as_he_lies: Standard) -> None:
    """Within 1 mm and nearly voxel by voxel, though every step is done again."""
    head = moved(colin(), TRUTH, 1.2, (170, 210, 190))
    rng = np.random.default_rng(0)
    places = np.meshgrid(*(np.linspace(-1, 1, side) for side in head.values.shape), indexing="ij")
    shaded = head.values * np.exp(0.25 * (0.5 * places[0] + places[1] - 0.7 * places[2] ** 2))
    noisy = np.hypot(shaded + 3 * rng.standard_normal(shaded.shape), 3 * rng.standard_normal(shaded.shape))
    again = standard(Volume(noisy.astype(np.float32), head.affine), says_mni=False)
    onto = template()
    where = np.argwhere(onto.mask)[::40] @ onto.grid.affine[:3, :3].T + onto.grid.affine[:3, 3]
    assert apart(again.matrix, TRUTH @ as_he_lies.matrix, where) < 1
    assert dice(again.mask, as_he_lies.mask) > 0.98
    assert likeness(again.brain[onto.mask], as_he_lies.brain[onto.mask]) > 0.97
    size = float(np.prod(np.linalg.norm(TRUTH[:3, :3], axis=0)))
    assert again.measures.brain_ml / as_he_lies.measures.brain_ml == pytest.approx(size, rel=0.02)
    assert again.notes == ()


@needs_extra
@pytest.mark.slow
def test_a_brain_without_skull_is_taken_as_it_is_unless_it_lies_in_mni_space() -> None:
    onto = template()
    bare = Volume(1000 * onto.brain, onto.grid.affine)
    with pytest.raises(DataError, match="is prepared already: it has no skull and says that it lies in MNI space"):
        standard(bare, says_mni=True)
    elsewhere = moved(bare, TRUTH, 2.0, (110, 120, 110))
    made = standard(elsewhere, says_mni=False)
    assert made.notes == (STRIPPED,)
    assert made.measures.overlap > 0.97
    assert made.measures.likeness > 0.97
    size = float(np.prod(np.linalg.norm(TRUTH[:3, :3], axis=0)))
    assert made.measures.brain_ml == pytest.approx(size * volume_of(onto.mask, onto.grid.affine), rel=0.04)


@needs_extra
@needs_colin
@pytest.mark.slow
def test_half_a_head_is_refused() -> None:
    head = colin()
    half = head.values.copy()
    half[:90] = 0
    with pytest.raises(DataError, match=r"could not be brought to the template \(.*stretched 1\.9"):
        standard(Volume(half, head.affine), says_mni=False)
