"""Where a volume lies: whatever way it is turned and spaced, a place in the head comes to the same voxel."""

from __future__ import annotations

import itertools
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import AFFINE, COARSE, SHAPE, cohort_of, head, prepared, write_volume
from nilearn import datasets
from nilearn import image as nilearn_image

from remembrain.cohort import resampling
from remembrain.cohort.grids import GRIDS, Grid, grid
from remembrain.cohort.phantom import image, person
from remembrain.cohort.phantom.anatomy import anatomy
from remembrain.errors import ProblemsError, UsageError


def test_all_orientations_give_the_same_prepared_volume(tmp_path: Path) -> None:
    image = nib.Nifti1Image(head(SHAPE), AFFINE)
    paths = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            turned = image.as_reoriented(np.column_stack([order, signs]))
            paths.append(tmp_path / f"{''.join(nib.aff2axcodes(turned.affine))}.nii")
            nib.save(turned, paths[-1])
    assert len(set(paths)) == 48
    store = prepared(cohort_of(tmp_path, paths, ["sub-01"] * 48), COARSE, tmp_path / "store", workers=1)
    assert len(set(store.names)) == 48, "other files are other content"
    assert len({store.path(place).read_bytes() for place in range(48)}) == 1
    np.testing.assert_allclose(store.statistics, store.statistics[:1].repeat(48, axis=0), rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.tuples(*[st.floats(-0.2, 0.2)] * 3), st.tuples(*[st.floats(1.5, 9)] * 3), st.integers(0, 7))
def test_a_ramp_in_millimetres_stays_the_same_ramp(
    angles: tuple[float, ...], spacing: tuple[float, ...], flips: int
) -> None:
    """Smoothing and linear interpolation keep a linear function, so its value at each voxel is known."""
    rotation = np.eye(3)
    for axis, angle in enumerate(angles):
        one, two = (place for place in range(3) if place != axis)
        turn = np.eye(3)
        turn[one, one] = turn[two, two] = np.cos(angle)
        turn[one, two], turn[two, one] = -np.sin(angle), np.sin(angle)
        rotation = rotation @ turn
    shape = tuple(int(160 / side) for side in spacing)
    affine = np.eye(4)
    affine[:3, :3] = rotation @ np.diag(spacing)
    affine[:3, 3] = np.array([0, -18, 18]) - affine[:3, :3] @ (np.array(shape) - 1) / 2
    weights = np.array([1.0, -2.0, 0.5])

    def ramp(to_mm: np.ndarray, its_shape: tuple[int, ...]) -> np.ndarray:
        return np.moveaxis(np.indices(its_shape), 0, -1) @ to_mm[:3, :3].T @ weights + to_mm[:3, 3] @ weights

    found = resampling.to_grid(ramp(affine, shape).astype(np.float32), affine, COARSE)
    middle = (slice(10, 22),) * 3  # 72 mm, beyond the reach of the edges' smoothing
    np.testing.assert_allclose(found[middle], ramp(COARSE.affine, COARSE.shape)[middle], atol=0.05)


def test_a_volume_already_on_the_grid_is_not_resampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = head(COARSE.shape)
    monkeypatch.setattr(resampling.ndimage, "affine_transform", pytest.fail)
    monkeypatch.setattr(resampling.ndimage, "gaussian_filter", pytest.fail)
    path = write_volume(tmp_path / "x.nii.gz", values, COARSE.affine)
    store = prepared(cohort_of(tmp_path, [path]), COARSE, tmp_path / "store", workers=1)
    expected = (values - values.mean()) / values.std()
    np.testing.assert_array_equal(np.load(store.path(0)), expected.astype(np.float16))
    volume = values.astype(np.float32)
    assert resampling.to_grid(volume, COARSE.affine, COARSE) is volume


def test_a_volume_a_millimetre_off_the_grid_is_resampled() -> None:
    values = head(COARSE.shape).astype(np.float32)
    shifted = COARSE.affine.copy()
    shifted[0, 3] += 3.0  # half a voxel: each value becomes the mean of two neighbours
    found = resampling.to_grid(values, shifted, COARSE)
    np.testing.assert_allclose(found[1:], (values[1:] + values[:-1]) / 2, rtol=1e-5)


def test_downsampling_does_not_alias() -> None:
    """Stripes one voxel wide keep 2 exp(-2 (pi sigma f)^2) of their amplitude: sigma is 0.42 x 3, f is 1/2 and -1/2."""
    fine = Grid("fine", (96, 96, 96), 2.0, (-95.0, -113.0, -77.0))
    stripes = np.broadcast_to(np.where(np.arange(96) % 2, 1.0, -1.0)[:, None, None], fine.shape).astype(np.float32)
    kept = 2 * np.exp(-2 * (np.pi * 0.42 * 3 * 0.5) ** 2)
    inner = (slice(4, -4),) * 3
    coarse = resampling.to_grid(stripes, fine.affine, COARSE)
    assert np.abs(coarse[inner]).max() < 1.01 * kept
    untouched = stripes[1::3, 1::3, 1::3]
    assert np.abs(untouched).min() == 1, "every third voxel alone would show stripes that are not there"
    level = resampling.to_grid(np.full(fine.shape, 5, np.float32) + stripes, fine.affine, COARSE)
    np.testing.assert_allclose(level[inner], 5, atol=1.01 * kept)


def test_half_a_head_outside_the_grid_is_refused(tmp_path: Path) -> None:
    shifted = AFFINE.copy()
    shifted[2, 3] += 130
    path = write_volume(tmp_path / "x.nii", head(SHAPE), shifted)
    with pytest.raises(ProblemsError, match=r"x\.nii: lies outside the grid 32 in MNI space \(\d+% of the head"):
        prepared(cohort_of(tmp_path, [path]), COARSE, tmp_path / "store", workers=1)


@pytest.mark.parametrize("name", GRIDS)
def test_grids_hold_a_whole_brain(name: str) -> None:
    space = grid(name)
    first, last = space.affine @ [0, 0, 0, 1], space.affine @ [*(side - 1 for side in space.shape), 1]
    assert (first[:3] <= [-75, -108, -70]).all()
    assert (last[:3] >= [75, 75, 85]).all()


def test_a_grid_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no grid '40'; expected one of 32, 48, 64, mni"):
        grid("40")


# Real heads: the ICBM152 average, which nilearn carries, and Colin27, one man

COLIN = Path("/usr/share/mricron/templates/ch2.nii.gz")


class Placed:
    """A real head on a grid, with the grid's own anatomy and nilearn's answer beside it."""

    def __init__(self, folder: Path, path: Path, name: str) -> None:
        self.space = grid(name)
        cohort = cohort_of(path.parent, [path])
        self.volume = prepared(cohort, self.space, folder, workers=1)[0][0].astype(float)
        self.original = nib.load(path)
        maps = anatomy(self.space)
        self.brain, self.white = maps.grey + maps.white > 0.5, maps.white

    def twin(self) -> np.ndarray:
        """The same, smoothed and resampled by nilearn."""
        smooth = nilearn_image.smooth_img(self.original, 0.42 * self.space.spacing * np.sqrt(8 * np.log(2)))
        empty = nib.Nifti1Image(np.zeros(self.space.shape, dtype=np.float32), self.space.affine)
        onto = nilearn_image.resample_to_img(
            smooth, empty, interpolation="linear", copy_header=True, force_resample=True
        )
        return onto.get_fdata()

    def likeness(self, shift: tuple[int, ...] = (0, 0, 0)) -> float:
        """Correlation with white matter inside the brain, as it lies or moved by some voxels."""
        moved = np.roll(self.volume, shift, (0, 1, 2))
        return likeness(moved[self.brain], self.white[self.brain])


def likeness(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), two.ravel())[0, 1])


def centre(values: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Centre of mass in mm."""
    weights = values - values.min()
    places = np.indices(values.shape).reshape(3, -1)
    return affine[:3, :3] @ (places * weights.ravel()).sum(axis=1) / weights.sum() + affine[:3, 3]


@pytest.fixture(scope="module", params=["48", "mni"])
def space(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def average(space: str, tmp_path_factory: pytest.TempPathFactory) -> Placed:
    folder = tmp_path_factory.mktemp("average")
    nib.save(datasets.load_mni152_template(resolution=1), folder / "icbm152.nii")
    return Placed(folder / "store", folder / "icbm152.nii", space)


@pytest.fixture(scope="module")
def colin(space: str, tmp_path_factory: pytest.TempPathFactory) -> Placed:
    if not COLIN.exists():
        pytest.skip(f"Colin27 is not installed at {COLIN} (package mricron-data)")
    return Placed(tmp_path_factory.mktemp("colin"), COLIN, space)


def test_the_average_brain_lies_where_it_should(average: Placed) -> None:
    original = np.asarray(average.original.dataobj).astype(float)
    middle = centre(average.volume, average.space.affine)
    np.testing.assert_allclose(middle, centre(original, average.original.affine), atol=0.5)
    np.testing.assert_allclose(middle, [0, -21, 10.5], atol=1)
    assert average.likeness() > 0.9
    for axis, way in itertools.product(range(3), (-1, 1)):
        step = [0, 0, 0]
        step[axis] = way
        assert average.likeness(tuple(step)) < average.likeness() - 0.05


def test_the_average_brain_is_a_phantom_s_brain(average: Placed) -> None:
    phantom = image(person(1, 0), average.space.name).astype(float)
    assert likeness(average.volume, phantom) > 0.95


def test_one_man_s_head_lies_where_it_should(colin: Placed) -> None:
    assert colin.likeness() > 0.55
    far = 2 if colin.space.spacing > 3 else 4  # 8 mm
    for axis, way in itertools.product(range(3), (-far, far)):
        step = [0, 0, 0]
        step[axis] = way
        assert colin.likeness(tuple(step)) < colin.likeness() - 0.1
    original = np.asarray(colin.original.dataobj).astype(float)
    middle = centre(colin.volume, colin.space.affine)
    # neck and nose lie outside the grid
    np.testing.assert_allclose(middle, centre(original, colin.original.affine), atol=2)


def test_nilearn_brings_the_average_brain_to_the_same_place(average: Placed) -> None:
    assert likeness(average.volume, average.twin()) > 0.999999


def test_nilearn_brings_one_man_s_head_to_the_same_place(colin: Placed) -> None:
    assert likeness(colin.volume, colin.twin()) > 0.999999


def test_left_stays_left(colin: Placed) -> None:
    """No head is its own mirror image: mirrored, the same comparison is worse."""
    assert likeness(colin.volume[::-1], colin.twin()) < 0.98


def test_one_man_and_the_average_are_alike_and_not_the_same(average: Placed, colin: Placed) -> None:
    assert 0.55 < likeness(average.volume[average.brain], colin.volume[average.brain]) < 0.95


def test_a_real_head_stored_the_other_way_round_is_the_same(colin: Placed, tmp_path: Path) -> None:
    turned = colin.original.as_reoriented(np.array([[1, -1], [2, 1], [0, -1]]))
    nib.save(turned, tmp_path / "turned.nii")
    again = Placed(tmp_path / "store", tmp_path / "turned.nii", colin.space.name)
    np.testing.assert_array_equal(again.volume, colin.volume)
