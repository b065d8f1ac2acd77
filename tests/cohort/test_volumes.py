"""Volumes: what cannot be used is one message and leaves nothing behind, what can is standardised."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import (
    AFFINE,
    COARSE,
    SHAPE,
    checked,
    cohort_of,
    files_of,
    flip_of,
    head,
    patched,
    prepared,
    scan,
    several,
    write_volume,
)
from scipy import stats

from remembrain.cohort.nifti import read_volume
from remembrain.cohort.resampling import STATISTICS
from remembrain.errors import DataError, ProblemsError


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :]


def micrometres(content: bytes) -> bytes:
    """A header in micrometres that does not say so."""
    return patched(280, "<12f", *(AFFINE[:3] * 1000).ravel())(patched(80, "<3f", 8000, 8000, 8000)(content))


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n"
ANNEX = b"/annex/objects/MD5E-s1234--0123456789abcdef.nii.gz\n"


def bomb(shape: tuple[int, int, int], unpacked: int) -> bytes:
    """A scan of this shape by its header, and so many zeros behind it, which are nearly nothing in the archive."""
    head = patched(40, "<4h", 3, *shape)(nib.Nifti1Image(np.zeros((2, 2, 2), np.float32), AFFINE).to_bytes()[:352])
    return gzip.compress(head + bytes(unpacked), 1)


BYTES: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "zero bytes": ("nii", lambda _: b"", "is empty"),
    "zero bytes, compressed": ("nii.gz", lambda _: b"", "is empty"),
    "empty gzip": ("nii.gz", lambda _: gzip.compress(b""), "is truncated or not a NIfTI"),
    "truncated gzip": ("nii.gz", lambda content: content[: len(content) // 2], "is truncated or not a NIfTI"),
    "gzip without its end": ("nii.gz", lambda content: content[:-6], "is truncated or not a NIfTI"),
    "one bit of a gzip": ("nii.gz", flipped, "is truncated or not a NIfTI"),
    "truncated": ("nii", lambda content: content[:2000], "is truncated or not a NIfTI"),
    "header alone": ("nii", lambda content: content[:352], "is truncated or not a NIfTI"),
    "text": ("nii", lambda _: b"patient\tage\n" * 99, "is truncated or not a NIfTI"),
    "text, compressed": ("nii.gz", lambda _: gzip.compress(b"hello" * 999), "is truncated or not a NIfTI"),
    "not compressed": ("nii.gz", gzip.decompress, "is not compressed (rename it to end in .nii)"),
    "a web page": (
        "nii.gz",
        lambda _: b"<!DOCTYPE html><html></html>",
        "is neither a compressed file nor a NIfTI file",
    ),
    "compressed": ("nii", gzip.compress, "is compressed, and its name does not say so (rename it to end in .nii.gz)"),
    "a pointer of Git LFS": ("nii.gz", lambda _: LFS, "is not here, only a pointer to it (get it with: git lfs pull"),
    "a pointer of git-annex": (
        "nii.gz",
        lambda _: ANNEX,
        "is not here, only a pointer to it (get it with: datalad get",
    ),
    "unknown type": ("nii", patched(70, "<h", 999), "data code 999 not recognized"),
    "enormous": ("nii", patched(40, "<4h", 3, 32767, 32767, 32767), "and its header speaks of 70362301"),
    "terabytes, compressed": ("nii.gz", lambda _: bomb((20000, 20000, 20000), 10**6), "is too large for the memory ("),
    "far more than it says": (
        "nii.gz",
        lambda _: bomb((9, 9, 9), 2 * 10**7),
        "unpacks to far more than its header speaks",
    ),
    "voxels far behind": ("nii", patched(108, "<f", 2e9), "its voxels begin 2e+09 bytes behind"),
    "negative sides": ("nii", patched(42, "<h", -22), "is truncated or not a NIfTI"),
    "data nowhere": ("nii", patched(108, "<f", 1e30), "is truncated or not a NIfTI"),
    "affine of zeros": ("nii", patched(280, "<12f", *[0.0] * 12), "has a singular affine"),
    "affine of NaN": ("nii", patched(280, "<f", float("nan")), "has a singular affine"),
    "two axes alike": ("nii", patched(280, "<8f", 8, 0, 0, 0, 8, 0, 0, 0), "has a singular affine"),
    "voxels of a molecule": ("nii", patched(280, "<f", 1e-5), "has voxels smaller than 0.05 mm (1e-05 mm"),
    "one flat axis": ("nii", patched(280, "<f", 1e-30), "has voxels smaller than 0.05 mm"),
    "far away": ("nii", patched(292, "<f", 5000), "lies outside the grid 32 in MNI space (0% of the head"),
    "no sform and no qform": ("nii", patched(252, "<2h", 0, 0), "has neither sform nor qform"),
    "codes that do not exist": ("nii", patched(252, "<2h", 77, -1), "has neither sform nor qform"),
    "a voxel size of 0": ("nii", patched(84, "<f", 0), "has a voxel size of 0"),
    "a voxel size of NaN": ("nii", patched(80, "<f", float("nan")), "has a voxel size of 0"),
    "metres that are not": ("nii", patched(123, "<b", 1), "has voxels larger than 30 mm (8e+03 mm"),
    "micrometres that are not": ("nii", patched(123, "<b", 3), "has voxels smaller than 0.05 mm (0.008 mm"),
    "micrometres without their unit": ("nii", micrometres, "has voxels larger than 30 mm (8e+03 mm"),
}


def with_voxel(value: float) -> np.ndarray:
    values = head(SHAPE).astype(np.float32)
    values[3, 4, 5] = value
    return values


def without(part: tuple[slice, ...] | slice) -> np.ndarray:
    values = head(SHAPE).astype(np.float32)
    values[part] = np.nan
    return values


VALUES: dict[str, tuple[np.ndarray, str]] = {
    "four axes": (np.stack([head(SHAPE)] * 2, axis=-1), "holds several volumes, expected one (2 frames, shape 22 x 26"),
    "five axes": (
        np.stack([head(SHAPE)[..., None]] * 3, axis=-1),
        "expected one (3 frames, shape 22 x 26 x 20 x 1 x 3)",
    ),
    "two axes": (head(SHAPE)[0], "is no volume, expected more than one voxel along each of 3 axes (shape 26 x 20)"),
    "one slice": (head(SHAPE)[:1], "is no volume, expected more than one voxel along each of 3 axes (shape 1 x 26"),
    "NaN inside": (with_voxel(np.nan), "has NaN inside the head (1 of 11440 voxels)"),
    "half of it NaN": (without(np.s_[:, :13]), "has NaN inside the head ("),
    "NaN but for a corner": (without(np.s_[1:]), "is NaN nearly everywhere ("),
    "all NaN": (without(np.s_[:]), "is NaN nearly everywhere (11440 of 11440 voxels)"),
    "infinity": (with_voxel(-np.inf), "has infinite voxels (1 of 11440)"),
    "beyond float32": (with_voxel(0).astype(float) * 1e39, "has infinite voxels ("),
    "constant": (np.full(SHAPE, 7, dtype=np.int16), "has the same value in every voxel (7)"),
    "zero": (np.zeros(SHAPE, dtype=np.uint8), "has the same value in every voxel (0)"),
    "complex": (with_voxel(0).astype(np.complex64), "has voxels that are not one number each (of type complex64)"),
}


def insist_on_one_message(folder: Path, path: Path, said: str) -> None:
    """Preparing says what is wrong with this file alone, and leaves nothing."""
    name = str(path.relative_to(folder))
    others = [scan(folder / f"good-{place}.nii", place + 50) for place in range(2)]
    cohort = cohort_of(folder, [others[0], path, others[1]])
    for only in (cohort, cohort.take(np.array([1]))):
        with pytest.raises(ProblemsError) as raised:
            prepared(only, COARSE, folder / "store", workers=1)
        assert [problem.where for problem in raised.value.problems] == [name]
        assert said in raised.value.problems[0].what
        assert "\n" not in raised.value.problems[0].what
    kept = files_of(folder / "store")
    assert len(kept) == 4, "two good scans with their statistics, and nothing of the third"
    assert not any("part" in one for one in kept)
    assert checked(cohort) == [str(raised.value.problems[0])], "check finds the same"


@pytest.mark.parametrize("kind", BYTES)
def test_a_broken_file_is_one_message(tmp_path: Path, kind: str) -> None:
    ending, change, said = BYTES[kind]
    path = scan(tmp_path / "sub-01" / f"sub-01_T1w.{ending}")
    path.write_bytes(change(path.read_bytes()))
    insist_on_one_message(tmp_path, path, said)


@pytest.mark.parametrize("kind", VALUES)
def test_values_that_cannot_be_used_are_one_message(tmp_path: Path, kind: str) -> None:
    values, said = VALUES[kind]
    insist_on_one_message(tmp_path, write_volume(tmp_path / "sub-01" / "x.nii.gz", values, AFFINE), said)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (".git/annex/objects/Xx/Yy/MD5E-s12--0.nii.gz/MD5E-s12--0.nii.gz", "get it with: datalad get "),
        ("/archive/gone.nii.gz", "is a link to a file that is not there (/archive/gone.nii.gz)"),
    ],
)
def test_a_link_to_nowhere_is_one_message(tmp_path: Path, target: str, said: str) -> None:
    path = tmp_path / "sub-01.nii.gz"
    path.symlink_to(target)
    insist_on_one_message(tmp_path, path, said)


def test_what_is_no_file_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "sub-01.nii.gz").mkdir()
    insist_on_one_message(tmp_path, tmp_path / "sub-01.nii.gz", "is not a file")
    os.mkfifo(tmp_path / "sub-02.nii")
    insist_on_one_message(tmp_path, tmp_path / "sub-02.nii", "is not a file")


def test_a_file_that_went_away_is_one_message(tmp_path: Path) -> None:
    insist_on_one_message(tmp_path, tmp_path / "gone.nii", "cannot be read: No such file")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 351), st.binary(min_size=1, max_size=4))
def test_no_header_is_so_broken_that_it_stops_the_others(
    tmp_path_factory: pytest.TempPathFactory, place: int, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "scan.nii"
    whole = nib.Nifti1Image(head(SHAPE), AFFINE).to_bytes()
    path.write_bytes((whole[:place] + content + whole[place + len(content) :])[: len(whole)])
    try:
        volume = read_volume(path)
    except DataError as error:
        assert error.what.startswith(("is ", "has "))
    else:
        assert volume.values.ndim == 3
        assert np.isfinite(volume.values).all()
        assert np.isfinite(volume.affine).all()


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    cohort = several(tmp_path, 10)
    for place in (1, 9):
        cohort.paths[place].write_bytes(b"")
    cohort.paths[4].write_bytes(cohort.paths[3].read_bytes())
    expected = [
        "sub-01.nii.gz: is empty",
        "sub-09.nii.gz: is empty",
        "sub-03.nii.gz: is the same image as sub-04.nii.gz, of other people",
        "sub-04.nii.gz: is the same image as sub-03.nii.gz, of other people",
    ]
    with pytest.raises(ProblemsError, match="4 problems") as raised:
        prepared(cohort, COARSE, tmp_path / "store", workers=1)
    assert [str(problem) for problem in raised.value.problems] == expected
    assert checked(cohort) == expected


def test_the_same_image_under_two_people_is_found_however_it_is_kept(tmp_path: Path) -> None:
    one = scan(tmp_path / "a" / "sub-01.nii.gz")
    plain = scan(tmp_path / "b" / "sub-02.nii")
    recompressed = tmp_path / "c.nii.gz"
    recompressed.write_bytes(gzip.compress(plain.read_bytes(), compresslevel=1, mtime=12345))
    turned = write_volume(tmp_path / "d.nii", head(SHAPE)[::-1], AFFINE @ flip_of(0))
    cohort = cohort_of(tmp_path, [one, scan(tmp_path / "z.nii", 7), plain, recompressed, turned])
    names = ["a/sub-01.nii.gz", "b/sub-02.nii", "c.nii.gz", "d.nii"]
    others = (", ".join(other for other in names if other != name) for name in names)
    expected = [
        f"{name}: is the same image as {listed}, of other people" for name, listed in zip(names, others, strict=True)
    ]
    assert checked(cohort) == expected
    for _ in range(2):
        with pytest.raises(ProblemsError) as raised:
            prepared(cohort, COARSE, tmp_path / "store", workers=1)
        assert [str(problem) for problem in raised.value.problems] == expected
    mine = cohort_of(tmp_path, [one, plain], people=["sub-01", "sub-01"])
    assert checked(mine) == []
    prepared(mine, COARSE, tmp_path / "store", workers=1)


def test_prepared_scans_are_z_scored_halves_with_a_channel(tmp_path: Path) -> None:
    store = prepared(several(tmp_path, 3), COARSE, tmp_path / "store", workers=1)
    assert store.shape == (1, 32, 32, 32)
    assert len(store) == 3
    for place in range(3):
        kept = np.load(store.path(place), allow_pickle=False)
        assert kept.dtype == np.float16
        assert store[place].shape == store.shape
        assert store[place].dtype == np.float32
        np.testing.assert_array_equal(store[place][0], kept)
        # rounding to 11 bits errs by 2**-12 of each value, evenly to both sides
        assert abs(kept.mean(dtype=float)) < 1e-4
        assert abs(kept.std(dtype=float) - 1) < 1e-4


def test_scale_and_type_of_the_file_change_nothing(tmp_path: Path) -> None:
    values = head(COARSE.shape)
    kinds = {"int": values, "scaled": values * 0.125 + 3.0, "wide": values.astype(float)}
    paths = [write_volume(tmp_path / f"{name}.nii", kind, COARSE.affine) for name, kind in kinds.items()]
    with_slope = nib.Nifti1Image(values, COARSE.affine)
    with_slope.header.set_slope_inter(2.0, -7.0)
    nib.save(with_slope, tmp_path / "slope.nii")
    cohort = cohort_of(tmp_path, [*paths, tmp_path / "slope.nii"], people=["sub-01"] * 4)
    store = prepared(cohort, COARSE, tmp_path / "store", workers=1)
    for place in range(1, 4):
        np.testing.assert_allclose(store[place], store[0], rtol=2**-10, atol=1e-5)


def test_a_volume_with_one_time_point_is_a_volume(tmp_path: Path) -> None:
    path = write_volume(tmp_path / "x.nii", head(SHAPE)[..., None], AFFINE)
    np.testing.assert_array_equal(read_volume(path).values, head(SHAPE))


def test_statistics_are_of_the_scan_as_it_was(tmp_path: Path) -> None:
    cohort = several(tmp_path, 2)
    store = prepared(cohort, COARSE, tmp_path / "store", workers=1)
    assert store.statistics.shape == (2, len(STATISTICS))
    assert store.statistic_names == STATISTICS
    for place in range(2):
        values = head(SHAPE, place).astype(float)
        inside = values[values > 0]
        quantiles = np.quantile(inside, (0.25, 0.5, 0.75, 0.99))
        expected = [inside.mean(), inside.std(), stats.skew(inside), *quantiles, (values == 0).mean()]
        np.testing.assert_allclose(store.statistics[place], expected, rtol=1e-5)
