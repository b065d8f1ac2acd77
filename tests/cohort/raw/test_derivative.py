"""The folder of prepared scans: where it may lie, what it carries, how it goes on; with a stand-in for the steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from made_raw import raw_folder, stand_in
from remembrain.cohort.nifti import Volume
from remembrain.cohort.raw.derivative import (
    alone,
    carry_tables,
    insist_on_place,
    is_ours,
    prepare_all,
    remove_gone,
    write_table,
)
from remembrain.cohort.raw.kept import Prepared
from remembrain.cohort.raw.sources import find_sources
from remembrain.cohort.raw.steps import Standard
from remembrain.errors import DataError, RemembrainError, UsageError


def prepared(folder: Path, out: Path, step: object = stand_in, workers: int = 1) -> list[Prepared]:
    return prepare_all(find_sources(folder)[0], folder, out, workers=workers, step=step)  # type: ignore[arg-type]


def test_the_folder_says_what_made_it_and_what_of(tmp_path: Path) -> None:
    folder = raw_folder(tmp_path / "bids")
    prepared(folder, tmp_path / "out")
    said = json.loads((tmp_path / "out" / "dataset_description.json").read_text())
    assert said["DatasetType"] == "derivative"
    assert said["GeneratedBy"][0]["Name"] == "remembrain prepare"
    assert said["DatasetLinks"] == {"raw": folder.resolve().as_uri()}
    assert is_ours(tmp_path / "out")
    assert not is_ours(folder)


@pytest.mark.slow  # starts a program
def test_it_is_a_valid_derivative(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids"), tmp_path / "out"
    prepared(folder, out)
    carry_tables(folder, out)
    (out / "QC.html").touch()
    program = Path(sys.executable).with_name("bids-validator-deno")
    if not program.exists():
        pytest.skip("bids-validator-deno is not installed")
    done = subprocess.run([program, "--json", out], capture_output=True, text=True, check=False)
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []


@pytest.mark.parametrize("where", [".", "derivatives/ours", ".."])
def test_it_may_not_lie_in_the_raw_data_nor_around_them(tmp_path: Path, where: str) -> None:
    folder = raw_folder(tmp_path / "data" / "bids", people=1)
    with pytest.raises(UsageError, match=r"folder of raw scans.*expected a folder beside it"):
        insist_on_place(folder, folder / where)
    assert sorted(path.name for path in folder.iterdir()) == ["participants.tsv", "sub-01"]


def test_nor_among_other_files_nor_where_a_file_is(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=1), tmp_path / "out"
    out.mkdir()
    insist_on_place(folder, out)
    (out / "thesis.doc").touch()
    with pytest.raises(DataError, match="holds files that are not prepared scans"):
        insist_on_place(folder, out)
    with pytest.raises(DataError, match="is a file"):
        insist_on_place(folder, out / "thesis.doc")


def test_its_own_folder_goes_on(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=1), tmp_path / "out"
    prepared(folder, out)
    insist_on_place(folder, out)


class Killed(BaseException):
    """Stands for whatever ends a process."""


def test_what_was_done_before_a_stop_is_not_done_again(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=5), tmp_path / "out"
    seen: list[float] = []

    def stops(volume: Volume, says_mni: bool) -> Standard:
        if len(seen) == 3:
            raise Killed
        seen.append(float(volume.values.sum()))
        return stand_in(volume, says_mni)

    def goes_on(volume: Volume, says_mni: bool) -> Standard:
        seen.append(float(volume.values.sum()))
        return stand_in(volume, says_mni)

    with pytest.raises(Killed):
        prepared(folder, out, stops)
    assert len(prepared(folder, out, goes_on)) == 5
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.slow  # starts processes
def test_any_number_of_workers_gives_the_same(tmp_path: Path) -> None:
    folder = raw_folder(tmp_path / "bids", people=3, failing=(2,))
    one = prepared(folder, tmp_path / "one")
    two = prepared(folder, tmp_path / "two", workers=2)
    assert one == two
    assert [bool(each.wrong) for each in two] == [False, True, False]
    names = [{p.relative_to(out): p.read_bytes() for p in out.rglob("sub-*") if p.is_file()} for out in
             (tmp_path / "one", tmp_path / "two")]  # fmt: skip
    assert names[0] == names[1]


def test_two_processes_do_not_prepare_into_one_folder(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=1), tmp_path / "out"
    with alone(out), pytest.raises(RemembrainError, match="another process prepares scans into this folder"):
        prepared(folder, out)


def test_what_is_gone_from_the_raw_data_goes(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=2), tmp_path / "out"
    prepared(folder, out)
    raw = folder / "sub-02" / "anat" / "sub-02_T1w.nii.gz"
    raw.rename(tmp_path / "aside.nii.gz")
    assert remove_gone(folder, out) == 1
    assert not [path for path in out.rglob("sub-02*") if path.is_file()]
    assert len([path for path in out.rglob("sub-01*") if path.is_file()]) == 6
    assert remove_gone(folder, out) == 0


def test_tables_of_people_come_along_and_stay_as_the_raw_ones_are(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=1), tmp_path / "out"
    own = folder / "sub-01" / "sub-01_sessions.tsv"
    own.write_text("session_id\tage\nses-1\t51\n")
    carry_tables(folder, out)
    assert (out / "participants.tsv").read_bytes() == (folder / "participants.tsv").read_bytes()
    assert (out / "sub-01" / "sub-01_sessions.tsv").read_text() == own.read_text()
    own.unlink()
    (folder / "participants.tsv").write_text("participant_id\tage\nsub-01\t60\n")
    carry_tables(folder, out)
    assert "60" in (out / "participants.tsv").read_text()
    assert not (out / "sub-01" / "sub-01_sessions.tsv").exists()


def test_every_scan_has_its_row_of_numbers(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=2, failing=(2,)), tmp_path / "out"
    write_table(out, prepared(folder, out))
    head, first, second = (out / "restricted" / "qc.tsv").read_text().splitlines()
    assert head.split("\t")[:3] == ["file", "overlap", "brain_ml"]
    assert first.split("\t")[:3] == ["sub-01/anat/sub-01_T1w.nii.gz", "0.96", "1500"]
    assert second.split("\t")[-1] == "has no brain in it that could be found (0 ml)"


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    folder = raw_folder(tmp_path / "bids", people=1)
    (tmp_path / "file").touch()
    with pytest.raises(RemembrainError, match="cannot be written"):
        insist_on_place(folder, tmp_path / "file" / "out")
