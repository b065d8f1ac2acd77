"""A stranger's own way of reading files: kept as it returns, judged by nothing else."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from made_cohorts import AFFINE, COARSE, SHAPE, cohort_of, head, several, write_volume

from remembrain.cohort.covariates import covariates
from remembrain.cohort.own_reading import read_own, unmeasured
from remembrain.cohort.resampling import STATISTICS
from remembrain.cohort.volumes import look
from remembrain.errors import ProblemsError, RemembrainError


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def quarter(path: Path) -> np.ndarray:
    return np.asarray(nib.load(path).dataobj)[::4, ::4, ::4]


def test_a_stranger_s_preprocess_is_kept_as_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort, store = several(tmp_path, 3), tmp_path / "store"
    found = read_own(cohort, quarter, store, key="a").scans()
    assert found.shape == quarter(cohort.paths[0]).shape
    for place, path in enumerate(cohort.paths):
        np.testing.assert_array_equal(found[place], quarter(path).astype(np.float32))
    again = read_own(cohort, pytest.fail, store, key="a").scans()
    assert again.names == found.names
    other = read_own(cohort, lambda path: quarter(path) + 1, store, key="b").scans()
    assert not set(other.names) & set(found.names)


def test_everything_wrong_with_a_stranger_s_preprocess_is_said_at_once(tmp_path: Path) -> None:
    cohort = several(tmp_path, 3)

    def fails(path: Path) -> np.ndarray:
        if path.name == "sub-00.nii.gz":
            raise KeyError("T1")
        return np.full(3, np.nan) if path.name == "sub-01.nii.gz" else np.ones(3)

    looked = read_own(cohort, fails, tmp_path / "store", key="a")
    assert [str(problem) for problem in looked.problems] == [
        "sub-00.nii.gz: is not read by preprocess ('T1')",
        "sub-01.nii.gz: is not read by preprocess "
        "(its result has 3 values that are NaN or infinite; expected finite numbers)",
    ]
    assert [problem.participant for problem in looked.problems] == ["sub-00", "sub-01"]
    with pytest.raises(ProblemsError, match="2 problems"):
        looked.scans()
    other = read_own(cohort, lambda path: quarter(path)[: 3 + ("2" in path.name)], tmp_path / "store", key="b")
    assert [str(problem) for problem in other.problems] == [
        "sub-02.nii.gz: is given another shape by preprocess than most ((4, 7, 5), most (3, 7, 5))"
    ]


def test_what_is_read_alike_of_several_people_is_a_problem(tmp_path: Path) -> None:
    found = read_own(several(tmp_path, 2), lambda _: np.ones(3), tmp_path / "store", key="a").problems
    assert [str(problem) for problem in found] == [
        "sub-00.nii.gz: is the same image as sub-01.nii.gz, of other people",
        "sub-01.nii.gz: is the same image as sub-00.nii.gz, of other people",
    ]


def test_scans_that_ours_would_refuse_are_read_and_measured_and_that_is_told(tmp_path: Path) -> None:
    moved, holes = AFFINE.copy(), head(SHAPE, 3).astype(np.float32)
    moved[:3, 3] += 5000
    holes[11, 13, 10] = np.nan
    paths = [
        write_volume(tmp_path / "good.nii", head(SHAPE, 0), AFFINE),
        write_volume(tmp_path / "scanner.nii", head(SHAPE, 1), moved),
        write_volume(tmp_path / "frames.nii", np.stack([head(SHAPE, 2)] * 2, axis=-1), AFFINE),
        write_volume(tmp_path / "holes.nii", holes, AFFINE),
        tmp_path / "other.nii",
    ]
    paths[-1].write_bytes(b"of another kind" * 99)
    cohort = cohort_of(tmp_path, paths)
    own = read_own(cohort, lambda path: np.full(3, len(path.name)) + len(path.read_bytes()), tmp_path / "own", key="a")
    assert own.problems == ()
    ours = look(cohort, COARSE, tmp_path / "ours", workers=1)
    notes = unmeasured(ours)
    assert [str(note).partition(": ")[2] for note in notes] == [
        "lies outside the grid 32 in MNI space: no mean picture is drawn",
        "holds several volumes, expected one: no mean picture is drawn",
        "has NaN inside the head: no mean picture is drawn",
        "is truncated or not a NIfTI file: not measured for the blind baseline, and no mean picture",
    ]
    assert not any(note.fatal or "sub-" in note.summary for note in notes)
    measured = ours.statistics()
    assert np.isfinite(measured[:4]).all()
    assert np.isnan(measured[4]).all()
    np.testing.assert_allclose(measured[3, 0], holes[holes > 0].mean(), rtol=1e-5)
    assert measured[3, -1] > 1 / holes.size - 1e-9, "a hole counts as a zero"
    facts, names = covariates(cohort.scans, measured, STATISTICS)
    assert names[-1] == "not measured"
    assert facts[:, -1].tolist() == [0, 0, 0, 0, 1]
    np.testing.assert_allclose(facts[4, -9:-1], measured[:4].mean(axis=0))
    assert ours.mean_of(np.arange(5)) is None


def test_a_mean_picture_is_of_all_scans_and_of_enough_of_them(tmp_path: Path) -> None:
    ours = look(several(tmp_path, 11), COARSE, tmp_path / "ours", workers=1)
    mean = ours.mean_of(np.arange(1, 11))
    assert mean is not None
    np.testing.assert_allclose(mean, np.mean([ours.scans()[place][0] for place in range(1, 11)], axis=0), atol=1e-5)
    assert ours.mean_of(np.arange(9)) is None, "a mean of a few shows who they are"
    broken = replace(ours, answers=(*ours.answers[:10], replace(ours.answers[10], wrong="is empty")))
    assert broken.mean_of(np.arange(11)) is None, "what is missing in a picture cannot be seen"


def test_a_full_disk_is_not_said_to_be_a_stranger_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = several(tmp_path, 3)
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RemembrainError, match="cannot be written: the disk is full") as raised:
        read_own(cohort, quarter, tmp_path / "store", key="a")
    assert type(raised.value) is RemembrainError
