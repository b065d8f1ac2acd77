"""One NIfTI file: the same values however it is written, and what is to be told of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from made_cohorts import AFFINE, COARSE, SHAPE, cohort_of, flip_of, head, scan, write_volume

from remembrain.cohort.nifti import read_volume
from remembrain.cohort.volumes import look


@pytest.mark.parametrize("kind", ["nifti-2", "swapped", "las"])
def test_other_ways_of_writing_the_same_volume_are_the_same(tmp_path: Path, kind: str) -> None:
    values, affine = head(SHAPE), AFFINE
    if kind == "las":
        values, affine = values[::-1], AFFINE @ flip_of(0)
    header = nib.Nifti1Header(endianness=">") if kind == "swapped" else None
    image = nib.Nifti2Image(values, affine) if kind == "nifti-2" else nib.Nifti1Image(values, affine, header)
    image.set_sform(affine, 1)
    nib.save(image, tmp_path / "x.nii.gz")
    volume = read_volume(tmp_path / "x.nii.gz")
    np.testing.assert_array_equal(volume.values, head(SHAPE))
    np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-4)
    assert volume.notes == ()


def test_nan_around_the_head_is_zero_and_counted(tmp_path: Path) -> None:
    values = head(SHAPE).astype(np.float32)
    outside = values < 60
    values[outside] = np.nan
    cohort = cohort_of(tmp_path, [write_volume(tmp_path / "x.nii", values, AFFINE)])
    count = int(outside.sum())
    for store in (None, tmp_path / "store", tmp_path / "store"):
        (note,) = look(cohort, COARSE, store, workers=1).problems
        assert not note.fatal
        assert note.what == f"has NaN around the head, which is read as 0 ({count} of {values.size} voxels)"
        assert note.summary == "a scan has NaN around the head, which is read as 0"
        assert note.participant == "sub-00"
    np.testing.assert_array_equal(read_volume(cohort.paths[0]).values, np.nan_to_num(values))


@pytest.mark.parametrize(("behind", "told"), [(b"more" * 99, True), (b"x", True), (bytes(512), False)])
def test_bytes_behind_an_archive_are_told_and_not_read(tmp_path: Path, behind: bytes, told: bool) -> None:
    path = scan(tmp_path / "x.nii.gz")
    path.write_bytes(path.read_bytes() + behind)
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.values, head(SHAPE))
    assert volume.notes == (("has bytes behind the end of its archive, which are not read",) if told else ())


def test_an_archive_of_several_members_is_one_volume(tmp_path: Path) -> None:
    path = scan(tmp_path / "x.nii.gz")
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(b"".join(gzip.compress(content[first : first + 4096]) for first in range(0, len(content), 4096)))
    volume = read_volume(path)
    np.testing.assert_array_equal(volume.values, head(SHAPE))
    assert volume.notes == ()
