"""Which raw scans there are, and what they are called once prepared."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_raw import touched
from remembrain.cohort.raw.sources import find_sources, sources_of
from remembrain.errors import DataError

SEVERAL = [
    "sub-01/ses-a/anat/sub-01_ses-a_acq-mprage_run-1_T1w.nii.gz",
    "sub-01/ses-a/anat/sub-01_ses-a_acq-mprage_run-2_T1w.nii.gz",
    "sub-01/ses-b/anat/sub-01_ses-b_T1w.nii",
    "sub-02/anat/sub-02_T1w.nii.gz",
]


def test_all_sessions_and_runs_are_prepared_and_keep_their_names(tmp_path: Path) -> None:
    sources, problems = find_sources(touched(tmp_path, SEVERAL))
    assert problems == []
    assert [source.called for source in sources] == SEVERAL
    assert str(sources[0].name("T1w.nii.gz")) == (
        "sub-01/ses-a/anat/sub-01_ses-a_acq-mprage_run-1_space-MNI152NLin2009aSym_res-2_desc-brain_T1w.nii.gz"
    )
    assert str(sources[3].name("mask.nii.gz")) == (
        "sub-02/anat/sub-02_space-MNI152NLin2009aSym_res-2_desc-brain_mask.nii.gz"
    )


def test_an_entity_chooses_where_names_have_it(tmp_path: Path) -> None:
    folder = touched(tmp_path, SEVERAL)
    sources, problems = find_sources(folder, entities=["run=2"])
    assert [source.called for source in sources] == SEVERAL[1:]
    assert problems == []
    sources, problems = find_sources(folder, entities=["run=3"])
    assert [source.called for source in sources] == SEVERAL[2:]
    assert [str(problem) for problem in problems] == ["sub-01 ses-a: has no T1w scan with run-3"]


def test_two_scans_that_would_have_one_name_are_told(tmp_path: Path) -> None:
    files = ["sub-01/anat/sub-01_T1w.nii", "sub-01/anat/sub-01_T1w.nii.gz"]
    sources, problems = find_sources(touched(tmp_path, files))
    assert [source.called for source in sources] == files[:1]
    assert [str(problem) for problem in problems] == [
        f"{files[1]}: would have the same name as {files[0]} once it is prepared (leave one out)"
    ]


def test_a_name_says_that_a_scan_lies_in_mni_space(tmp_path: Path) -> None:
    names = ["sub-01_space-MNI152NLin6Asym_desc-preproc_T1w.nii.gz", "sub-02_space-orig_T1w.nii.gz"]
    sources = sources_of([tmp_path / name for name in names], tmp_path)
    assert [(source.stem, source.says_mni) for source in sources] == [("sub-01", True), ("sub-02", False)]


@pytest.mark.parametrize("files", [[], ["sub-01/anat/sub-01_T2w.nii.gz"], ["sub-01/anat/T1.nii.gz"]])
def test_a_folder_without_t1w_is_refused(tmp_path: Path, files: list[str]) -> None:
    with pytest.raises(DataError, match=r"has no T1-weighted scan.*expected a BIDS folder, with sub-\*") as refused:
        find_sources(touched(tmp_path, files))
    assert ("T1.nii.gz is not named as BIDS" in str(refused.value)) == any("T1.nii" in name for name in files)
