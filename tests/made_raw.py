"""Raw folders and a stand-in for the steps, for tests that need neither deepbet nor SimpleITK; and whole heads."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from remembrain.cohort.grids import GRIDS
from remembrain.cohort.nifti import Volume
from remembrain.cohort.raw.quality import Measures
from remembrain.cohort.raw.steps import Standard
from remembrain.errors import DataError

SHAPE = (22, 26, 20)
AFFINE = np.array([[8.0, 0, 0, -84], [0, 8, 0, -122], [0, 0, 8, -58], [0, 0, 0, 1]])
COLIN = Path("/usr/share/mricron/templates/ch2.nii.gz")
FAILING = 99.0
"""Sum of a scan's first voxels by which the stand-in refuses it."""

needs_extra = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("deepbet", "SimpleITK"))),
    reason="deepbet or SimpleITK is not installed (pip install 'remembrain[raw]')",
)
needs_colin = pytest.mark.skipif(not COLIN.exists(), reason=f"Colin27 is not at {COLIN} (package mricron-data)")


def measures(**changed: float) -> Measures:
    usual = {"overlap": 0.96, "brain_ml": 1500.0, "symmetry": 0.98, "likeness": 0.7, "stretch": 1.05}
    return Measures(**{**usual, "turned": 3.0, "moved": 5.0, "size": 1.0, **changed})


def stand_in(volume: Volume, says_mni: bool) -> Standard:
    """A brain made of the first voxels of a scan; one kind of scan is refused."""
    if volume.values[0, 0, 0] == FAILING:
        raise DataError("has no brain in it that could be found (0 ml)")
    shape = GRIDS["mni"].shape
    brain = np.zeros(shape, dtype=np.float32)
    brain[30:52, 40:66, 30:50] = volume.values
    notes = ("says so",) if says_mni else ()
    return Standard(brain, brain > 0, brain > 0, np.eye(4), measures(), notes)


def raw_scan(path: Path, seed: int = 0, *, fails: bool = False, code: int = 1) -> Path:
    values = np.random.default_rng(seed).integers(100, 900, SHAPE, dtype=np.int16)
    if fails:
        values[0, 0, 0] = FAILING
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(values, AFFINE)
    image.set_sform(AFFINE, code)
    nib.save(image, path)
    return path


def raw_folder(folder: Path, people: int = 3, failing: Sequence[int] = ()) -> Path:
    """A BIDS folder of small raw scans with a table of people."""
    rows = ["participant_id\tage\tsex"]
    for place in range(1, people + 1):
        name = f"sub-{place:02d}"
        raw_scan(folder / name / "anat" / f"{name}_T1w.nii.gz", place, fails=place in failing)
        rows.append(f"{name}\t{50 + place % 40}\t{'FM'[place % 2]}")
    (folder / "participants.tsv").write_text("\n".join(rows) + "\n")
    return folder


def touched(folder: Path, files: Sequence[str]) -> Path:
    """A BIDS folder of empty files."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def colin() -> Volume:
    image = nib.as_closest_canonical(nib.load(COLIN))
    return Volume(np.asarray(image.dataobj, dtype=np.float32), np.asarray(image.affine))


def motion(angles: Sequence[float], shift: Sequence[float], scales: Sequence[float]) -> np.ndarray:
    """The affine of scales, then turns (degrees), then a shift (mm)."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix() @ np.diag(scales)
    matrix[:3, 3] = shift
    return matrix


def moved(volume: Volume, by: np.ndarray, spacing: float, shape: tuple[int, int, int]) -> Volume:
    """The same head, moved in the scanner and scanned on other voxels."""
    affine = np.diag([spacing, spacing, spacing, 1.0])
    affine[:3, 3] = by[:3, 3] - np.array(shape) * spacing / 2
    back = np.linalg.inv(volume.affine) @ np.linalg.inv(by) @ affine
    values = ndimage.affine_transform(volume.values, back[:3, :3], back[:3, 3], output_shape=shape, order=1)
    return Volume(values, affine)


def apart(one: np.ndarray, other: np.ndarray, places: np.ndarray) -> float:
    """By how many mm two affines put a place of these apart, at most."""
    difference = one - other
    return float(np.linalg.norm(places @ difference[:3, :3].T + difference[:3, 3], axis=1).max())
