"""Synthetic people: who they are, that they stay who they are, and that their brains are brains."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from private_files import open_to_others
from remembrain.cohort.grids import grid
from remembrain.cohort.phantom import image, person, write_cohort
from remembrain.cohort.phantom import shape as shapes
from remembrain.cohort.phantom.fields import evaluate, interpolate, refine
from remembrain.cohort.phantom.image import template_places
from remembrain.cohort.phantom.person import COMPONENTS, CORRELATION
from remembrain.errors import DataError, UsageError

VALIDATOR = Path(sys.executable).with_name("bids-validator-deno")


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_same_bytes_whatever_the_number_of_workers(tmp_path: Path) -> None:
    one = write_cohort(tmp_path / "one", people=5, grid="32", seed=5, workers=1)
    two = write_cohort(tmp_path / "two", people=5, grid="32", seed=5, workers=2)
    assert files_of(one) == files_of(two)
    other = write_cohort(tmp_path / "other", people=2, grid="32", seed=6, workers=1)
    name = "sub-00000/anat/sub-00000_T1w.nii.gz"
    assert files_of(other)[name] != files_of(one)[name]


def test_a_person_is_the_same_in_a_larger_cohort() -> None:
    alone, visiting = person(3, 17), person(3, 17, sessions=2)
    assert alone.ages[0] == visiting.ages[0]
    assert alone.sex == visiting.sex
    np.testing.assert_array_equal(alone.aging[0], visiting.aging[0])


def test_people_keep_their_identity_across_grids() -> None:
    people = [person(1, index) for index in range(5)]
    coarse = [standard(image(someone, "32")) for someone in people]
    for place, someone in enumerate(people):
        fine = image(someone, "64").astype(float)
        halved = standard(ndimage.zoom(ndimage.uniform_filter(fine, 2, origin=-1), 0.5, order=0))
        likeness = [np.corrcoef(halved.ravel(), other.ravel())[0, 1] for other in coarse]
        assert int(np.argmax(likeness)) == place


def standard(volume: np.ndarray) -> np.ndarray:
    return (volume - volume.mean()) / volume.std()


def test_latents_have_the_stated_correlation_with_age() -> None:
    people = [person(2, index) for index in range(3000)]
    aging = np.array([someone.aging[0] for someone in people])
    ages = np.array([someone.ages[0] for someone in people])
    assert ages.min() >= 45
    assert ages.max() <= 82
    cost = np.abs(ages - ages.mean()).mean()
    assert 5.4 < cost < 6.1
    for place in range(len(COMPONENTS)):
        rho = CORRELATION[place] * ages.std() / 7.6
        expected = rho / np.sqrt(rho**2 + 1 - CORRELATION[place] ** 2)
        measured = np.corrcoef(aging[:, place], ages)[0, 1]
        standard_error = (1 - expected**2) / np.sqrt(len(people))
        assert abs(measured - expected) < 4 * standard_error, COMPONENTS[place]


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


def test_jacobian_of_a_known_field() -> None:
    index = np.indices((5, 6, 7)).astype(float) * shapes.LATTICE_SPACING
    offset = np.stack([0.5 * index[0], -0.5 * index[1], np.zeros_like(index[2])])
    np.testing.assert_allclose(shapes.jacobian(offset), 1.5 * 0.5)


def test_integration_follows_a_shift_and_a_linear_field() -> None:
    shift = np.full((3, *shapes.LATTICE_SHAPE), 4.0, dtype=np.float32)
    np.testing.assert_allclose(shapes.integrate(shift), shift, rtol=1e-5)
    places = (np.indices(shapes.LATTICE_SHAPE) - 13.0) * shapes.LATTICE_SPACING
    offset = shapes.integrate((-0.1 * places).astype(np.float32))
    inner = (slice(None), slice(6, -6), slice(6, -6), slice(6, -6))
    np.testing.assert_allclose(offset[inner], ((np.exp(-0.1) - 1) * places)[inner], atol=0.12)


def test_every_brain_is_invertible_and_a_folding_one_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    assert min(shapes.jacobian(shapes.displacement(person(1, one))).min() for one in range(20)) > 0.05
    monkeypatch.setattr(shapes, "_RANDOM", (((7, 8, 7), 45.0), ((13, 15, 13), 30.0)))
    wild = shapes.displacement(person(1, 0))
    assert shapes.jacobian(wild).min() > shapes.SMALLEST_JACOBIAN
    monkeypatch.setattr(shapes, "ATTEMPTS", 1)
    with pytest.raises(ArithmeticError, match="sub-00000"):
        shapes.displacement(person(1, 0))


def test_spline_of_equal_control_points_is_constant() -> None:
    space = grid("mni")
    field = evaluate(np.full((7, 8, 7), 2.5, dtype=np.float32), space.shape, space.origin, space.spacing)
    np.testing.assert_allclose(field, 2.5, rtol=1e-5)


def test_fields_are_read_between_their_points_as_scipy_does() -> None:
    rng = np.random.default_rng(0)
    fields = rng.standard_normal((2, 6, 7, 5)).astype(np.float32)
    index = rng.uniform(-2, 8, (3, 500)).astype(np.float32)
    for field, values in zip(fields, interpolate(fields, index), strict=True):
        expected = ndimage.map_coordinates(field, index, order=1, mode="nearest")
        np.testing.assert_allclose(values, expected, atol=1e-5)


def test_a_field_is_refined_as_it_is_read() -> None:
    field = np.random.default_rng(0).standard_normal((6, 7, 5)).astype(np.float32)
    along = [np.linspace(0, count - 1, 11) for count in field.shape]
    everywhere = np.stack(np.meshgrid(*along, indexing="ij")).reshape(3, -1).astype(np.float32)
    np.testing.assert_allclose(refine(field, along).ravel(), interpolate([field], everywhere)[0], atol=1e-5)


def test_no_brain_folds_over_as_it_lies_in_the_scanner() -> None:
    lattice = np.indices(shapes.LATTICE_SHAPE) * shapes.LATTICE_SPACING
    for number in range(10):
        offset = template_places(person(1, number)) - lattice
        assert shapes.jacobian(offset).min() > shapes.SMALLEST_JACOBIAN


@pytest.mark.parametrize("sessions", [1, 2])
def test_bids_validator_finds_no_error(tmp_path: Path, sessions: int) -> None:
    folder = write_cohort(tmp_path / "bids", people=3, grid="32", seed=1, sessions=sessions, workers=1)
    if not VALIDATOR.exists():
        pytest.skip("bids-validator-deno is not installed")
    answer = subprocess.run([VALIDATOR, folder, "--json"], capture_output=True, text=True, check=False)
    issues = json.loads(answer.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []


def test_two_sessions_are_the_same_person_some_years_apart(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path / "bids", people=3, grid="32", seed=1, sessions=2, workers=1)
    visits = pd.read_csv(folder / "sub-00001" / "sub-00001_sessions.tsv", sep="\t")
    assert list(visits.session_id) == ["ses-1", "ses-2"]
    assert 2 <= visits.age[1] - visits.age[0] <= 5

    def scan(one: int, visit: int) -> np.ndarray:
        name = f"sub-0000{one}/ses-{visit}/anat/sub-0000{one}_ses-{visit}_T1w.nii.gz"
        return standard(nib.load(folder / name).get_fdata()).ravel()

    own = np.corrcoef(scan(0, 1), scan(0, 2))[0, 1]
    assert own < 1
    assert own > max(np.corrcoef(scan(0, 1), scan(other, 2))[0, 1] for other in (1, 2))


def test_a_stopped_phantom_is_continued_to_the_same_bytes(tmp_path: Path) -> None:
    whole = write_cohort(tmp_path / "whole", people=4, grid="32", seed=1, workers=1)
    assert open_to_others(whole) == []
    expected = files_of(whole)
    (whole / "participants.tsv").unlink()
    shutil.rmtree(whole / "sub-00002")
    assert files_of(write_cohort(whole, people=4, grid="32", seed=1, workers=1)) == expected


def test_scans_are_plain_nifti_with_the_grid_of_the_name(tmp_path: Path) -> None:
    folder = write_cohort(tmp_path / "bids", people=1, grid="mni", seed=1, workers=1)
    path = folder / "sub-00000/anat/sub-00000_T1w.nii.gz"
    assert path.read_bytes()[4:8] == b"\0\0\0\0", "the time in a gzip header would change the bytes"
    with gzip.open(path) as file:
        assert len(file.read()) > 91 * 109 * 91 * 2
    scan = nib.load(path)
    assert scan.shape == (91, 109, 91)
    np.testing.assert_array_equal(scan.affine, grid("mni").affine)


def test_other_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="not a phantom"):
        write_cohort(tmp_path, people=2, grid="32", seed=1)
    folder = write_cohort(tmp_path / "bids", people=1, grid="32", seed=1, workers=1)
    with pytest.raises(DataError, match="another data set"):
        write_cohort(folder, people=2, grid="32", seed=1, workers=1)


@pytest.mark.parametrize(
    "words", [{"people": 0}, {"people": 2, "sessions": 3}, {"people": 2, "grid": "40"}, {"people": 2, "seed": -1}]
)
def test_impossible_cohorts_are_refused_before_anything_is_written(tmp_path: Path, words: dict) -> None:
    with pytest.raises(UsageError):
        write_cohort(tmp_path / "bids", **{"grid": "32", "seed": 1, **words})
    assert not (tmp_path / "bids").exists()
