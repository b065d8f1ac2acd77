"""A folder of synthetic people: valid, the same for the same seed, and continued."""

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
from made_phantoms import standard

from private_files import open_to_others
from remembrain.cohort.grids import grid
from remembrain.cohort.phantom import write_cohort
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
