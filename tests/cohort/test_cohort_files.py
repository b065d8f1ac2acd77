"""What a file is before it is opened: there, or a pointer to what lies elsewhere, which is never passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.cohort.bids import read_bids
from remembrain.cohort.files import insist_on_content, insist_on_presence, nameless
from remembrain.cohort.textfile import read_text_table
from remembrain.errors import DataError

POINTERS: dict[str, bytes] = {
    "git-annex": b"/annex/objects/MD5E-s1234--0123.tsv\n",
    "a link as text": b"../.git/annex/objects/Xx/Yy/MD5E-s1234--0123.tsv/MD5E-s1234--0123.tsv",
    "Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
}


@pytest.mark.parametrize("kind", POINTERS)
def test_a_pointer_is_named_whatever_was_to_be_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "participants.tsv"
    path.write_bytes(POINTERS[kind])
    command = "git lfs pull --include" if kind == "Git LFS" else "datalad get"
    for read in (insist_on_presence, insist_on_content, read_text_table):
        with pytest.raises(DataError) as raised:
            read(path)
        assert raised.value.what == f"is not here, only a pointer to it (get it with: {command} {path})"
        assert nameless(raised.value.what) == "is not here, only a pointer to it"


def test_a_table_of_two_columns_about_git_annex_is_no_pointer(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_text("participant_id\tfile\nsub-01\t../.git/annex/objects/x\n")
    assert len(read_text_table(tmp_path / "x.tsv").frame) == 1


@pytest.mark.parametrize(
    "name", ["participants.tsv", "sessions.tsv", "participants.json", "sub-01/sub-01_sessions.tsv"]
)
def test_a_table_that_is_a_link_to_nowhere_is_not_passed_over(tmp_path: Path, name: str) -> None:
    """Ages of sessions would be those of the first visit, and months would be years."""
    scan = tmp_path / "sub-01" / "ses-1" / "anat" / "sub-01_ses-1_T1w.nii.gz"
    scan.parent.mkdir(parents=True)
    scan.touch()
    (tmp_path / "participants.tsv").write_text("participant_id\tage\nsub-01\t60\n")
    assert not any(problem.fatal for problem in read_bids(tmp_path).problems)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).symlink_to(".git/annex/objects/Xx/Yy/MD5E-s1--0/MD5E-s1--0")
    try:
        problems = [str(problem) for problem in read_bids(tmp_path).problems if problem.fatal]
    except DataError as error:
        problems = [str(error)]
    assert len(problems) == 1
    assert "get it with: datalad get" in problems[0]
