"""Where voxels lie: read by the sform, told where the header contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from made_cohorts import AFFINE, SHAPE, head, patched, scan

from remembrain.cohort.nifti import read_volume


def scl(slope: float, shift: float = 0.0) -> Callable[[bytes], bytes]:
    return patched(112, "<2f", slope, shift)


def in_metres(content: bytes) -> bytes:
    return patched(123, "<b", 1)(patched(280, "<12f", *(AFFINE[:3] / 1000).ravel())(sized(0.008)(content)))


def sized(size: float) -> Callable[[bytes], bytes]:
    return patched(80, "<3f", size, size, size)


def with_qform(code: int = 2, x: float = -84.0, factor: float = 1.0) -> Callable[[bytes], bytes]:
    """A qform beside the sform, of no rotation: its code, its place, and -1 for left and right exchanged."""

    def change(content: bytes) -> bytes:
        content = patched(76, "<f", factor)(patched(252, "<h", code)(content))
        return patched(256, "<6f", 0, 0, 0, x, -122, -58)(content)

    return change


PLACED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "as it is": (lambda content: content, ""),
    "metres": (in_metres, "is in metres by its header, and is read so"),
    "an unknown unit": (patched(123, "<b", 0), ""),
    "a slope of 0": (scl(0), ""),
    "a slope of NaN": (scl(float("nan")), "has a scaling slope that is no number; its values are taken as they are"),
    "both forms alike": (with_qform(), ""),
    "of different meaning": (with_qform(code=1, x=900), ""),
    "left and right exchanged": (with_qform(factor=-1), "contradict each other on left and right; its sform is used"),
    "and so in another space": (with_qform(code=1, factor=-1), "contradict each other on left and right"),
    "elsewhere": (with_qform(x=-44), "has a sform and a qform that lie apart; its sform is used (up to 40 mm)"),
    "nearly the same": (with_qform(x=-82), ""),
    "a qform that is none": (
        lambda content: patched(256, "<f", float("nan"))(with_qform()(content)),
        "has a broken qform; its sform is used",
    ),
    "other voxel sizes": (sized(4), "has other voxel sizes by its pixdim than by its place, which is used"),
    "a negative voxel size": (patched(80, "<f", -8), ""),
}


@pytest.mark.parametrize("kind", PLACED)
def test_a_header_that_says_more_than_one_thing_is_read_by_its_sform_and_that_is_told(
    tmp_path: Path, kind: str
) -> None:
    change, said = PLACED[kind]
    path = scan(tmp_path / "x.nii")
    path.write_bytes(change(path.read_bytes()))
    volume = read_volume(path)
    np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-4)
    np.testing.assert_array_equal(volume.values, head(SHAPE))
    assert [said in note for note in volume.notes] == ([True] if said else [])


def test_a_header_without_sform_is_read_by_its_qform(tmp_path: Path) -> None:
    image = nib.Nifti1Image(head(SHAPE), AFFINE)
    image.set_qform(AFFINE, 1)
    image.set_sform(None, 0)
    nib.save(image, tmp_path / "x.nii.gz")
    volume = read_volume(tmp_path / "x.nii.gz")
    np.testing.assert_allclose(volume.affine, AFFINE, atol=1e-4)
    assert volume.notes == ()
