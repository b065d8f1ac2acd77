"""One scan is prepared once, found again under what it depends on, and never half there; by a stand-in."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from made_raw import AFFINE, raw_scan, stand_in
from remembrain.cohort.bids import read_bids
from remembrain.cohort.grids import GRIDS
from remembrain.cohort.nifti import Volume
from remembrain.cohort.raw import kept
from remembrain.cohort.raw.kept import Task, prepare_one
from remembrain.cohort.raw.sources import find_sources
from remembrain.cohort.raw.steps import Standard
from remembrain.errors import RemembrainError


class Counting:
    """The stand-in, which counts how often it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, volume: Volume, says_mni: bool) -> Standard:
        self.calls += 1
        return stand_in(volume, says_mni)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return raw_scan(tmp_path / "bids" / "sub-01" / "anat" / "sub-01_T1w.nii.gz")


def task(scan: Path) -> Task:
    folder = scan.parents[2]
    return Task(find_sources(folder)[0][0], folder.parent / "out")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_prepared_scan_lies_on_the_grid_with_all_that_is_known_of_it(scan: Path) -> None:
    prepared = prepare_one(task(scan), stand_in)
    out = scan.parents[3] / "out"
    name = "sub-01/anat/sub-01_space-MNI152NLin2009aSym_res-2_desc-brain"
    image = nib.load(out / f"{name}_T1w.nii.gz")
    np.testing.assert_array_equal(image.affine, GRIDS["mni"].affine)
    assert image.shape == (91, 109, 91)
    assert set(np.unique(nib.load(out / f"{name}_mask.nii.gz").dataobj)) == {0, 1}
    told = json.loads((out / f"{name}_T1w.json").read_text())
    assert told["Sources"] == ["bids:raw:sub-01/anat/sub-01_T1w.nii.gz"]
    assert told["Transformation"]["Matrix"] == np.eye(4).tolist()
    assert told["Parameters"]["registration"]["degrees_of_freedom"] == 9
    assert told["MaskVolume"] == {"Value": 1500.0, "Units": "mL"}
    assert (out / "restricted" / "sheets" / "sub-01.png").read_bytes().startswith(b"\x89PNG")
    assert prepared.wrong == ""


def test_an_audit_reads_brains_and_not_masks(scan: Path) -> None:
    prepare_one(task(scan), stand_in)
    out = scan.parents[3] / "out"
    (out / "participants.tsv").write_text("participant_id\tage\nsub-01\t50\n")
    cohort = read_bids(out)
    assert [path.name.rpartition("_")[2] for path in cohort.paths] == ["T1w.nii.gz"]
    assert not [problem for problem in cohort.problems if problem.fatal]


def test_what_was_prepared_is_found_again_to_the_last_byte(scan: Path) -> None:
    step, out = Counting(), scan.parents[3] / "out"
    first = prepare_one(task(scan), step)
    before = files(out)
    assert prepare_one(task(scan), step) == first
    assert step.calls == 1
    assert files(out) == before


@pytest.mark.parametrize("change", ["scan", "settings", "versions", "damaged", "gone"])
def test_what_changed_is_prepared_again(scan: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    step, out = Counting(), scan.parents[3] / "out"
    prepare_one(task(scan), step)
    before = files(out)
    brain = next(out.rglob("*_T1w.nii.gz"))
    if change == "scan":
        raw_scan(scan, seed=1)
    elif change == "settings":
        monkeypatch.setattr(kept, "parameters", lambda: {"recipe": 2})
    elif change == "versions":
        monkeypatch.setattr(kept, "versions", lambda: {"deepbet": "9"})
    elif change == "damaged":
        brain.write_bytes(brain.read_bytes()[:-9])
    else:
        brain.unlink()
    prepare_one(task(scan), step)
    assert step.calls == 2
    assert (files(out) == before) == (change in ("damaged", "gone"))


def test_a_scan_that_cannot_be_prepared_is_told_each_time_and_leaves_nothing(scan: Path) -> None:
    step, out = Counting(), scan.parents[3] / "out"
    prepare_one(task(scan), step)
    raw_scan(scan, fails=True)
    for _ in range(2):
        assert prepare_one(task(scan), step).wrong == "has no brain in it that could be found (0 ml)"
    assert step.calls == 2  # the good one, and the failing one once
    assert set(files(out)) == {"restricted/scans/sub-01.json"}


def test_files_that_are_no_scan_are_told_and_not_stepped_through(scan: Path) -> None:
    step = Counting()
    whole = scan.read_bytes()
    scan.write_bytes(whole[: len(whole) // 2])
    assert prepare_one(task(scan), step).wrong.startswith("is truncated or not a NIfTI file")
    nib.save(nib.Nifti1Image(np.ones((8, 8, 8, 2), np.int16), AFFINE), scan)
    assert prepare_one(task(scan), step).wrong == "holds several volumes, expected one (2 frames, shape 8 x 8 x 8 x 2)"
    scan.write_bytes(b"")
    assert "is empty" in prepare_one(task(scan), step).wrong
    assert step.calls == 0


def test_a_header_says_that_a_scan_lies_in_mni_space(scan: Path) -> None:
    assert prepare_one(task(scan), stand_in).notes == ()
    raw_scan(scan, code=4)
    assert prepare_one(task(scan), stand_in).notes == ("says so",)


def test_a_full_disk_stops_and_is_not_taken_for_a_bad_scan(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RemembrainError("cannot be written: the disk is full")

    monkeypatch.setattr(kept, "_save", full)
    with pytest.raises(RemembrainError, match="the disk is full"):
        prepare_one(task(scan), stand_in)
    monkeypatch.undo()
    assert prepare_one(task(scan), stand_in).wrong == ""
