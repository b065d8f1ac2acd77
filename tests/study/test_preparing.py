"""Raw scans prepared for a folder, and on the way of what reads people; with a stand-in for the steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_raw import measures, raw_folder, raw_scan, stand_in
from remembrain import cli
from remembrain.cohort.bids import BidsCohort, read_bids
from remembrain.cohort.raw.derivative import prepare_all
from remembrain.cohort.raw.kept import Prepared
from remembrain.cohort.raw.sources import sources_of
from remembrain.config import DataOptions, ScanOptions
from remembrain.errors import DataError, ProblemsError, UsageError
from remembrain.study import people, preparing


@pytest.fixture(autouse=True)
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which scans the stand-in was asked about: the file names of those that were not found again."""
    asked: list[str] = []

    def prepared(sources, raw, out, **options):  # type: ignore[no-untyped-def]
        def step(volume, says_mni):  # type: ignore[no-untyped-def]
            asked.append(str(out))
            return stand_in(volume, says_mni)

        return prepare_all(sources, raw, out, **{**options, "step": step})

    monkeypatch.setattr(preparing, "prepare_all", prepared)
    monkeypatch.setattr(preparing, "insist_on_extra", lambda: None)
    return asked


def prepare(folder: Path, out: Path, said: list[str]) -> list[Path]:
    return preparing.prepare(folder, out, ScanOptions(), 1, said.append)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_prepared_can_be_audited_and_the_raw_data_stay(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=3), tmp_path / "out"
    before = contents(folder)
    said: list[str] = []
    assert prepare(folder, out, said) == [out, out / "QC.html", out / "restricted" / "QC.html"]
    assert said == []
    assert contents(folder) == before
    cohort = read_bids(out)
    assert cohort.scans.participant_id.tolist() == ["sub-01", "sub-02", "sub-03"]
    assert cohort.scans.age.tolist() == [51, 52, 53]
    assert not [problem for problem in cohort.problems if problem.fatal]


def test_scans_that_fail_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=3, failing=(2,)), tmp_path / "out"
    said: list[str] = []
    prepare(folder, out, said)
    where = "sub-02/anat/sub-02_T1w.nii.gz"
    assert said == [f"not prepared: {where}: has no brain in it that could be found (0 ml)"]
    assert read_bids(out).scans.participant_id.tolist() == ["sub-01", "sub-03"]
    page = (out / "restricted" / "QC.html").read_text()
    assert where in page
    assert pictures_of(page) == ["sheets/sub-01.png", "sheets/sub-03.png"]
    assert all((out / "restricted" / name).is_file() for name in pictures_of(page))


def test_where_all_fail_it_is_bad_data_with_every_reason(tmp_path: Path) -> None:
    folder = raw_folder(tmp_path / "bids", people=2, failing=(1, 2))
    with pytest.raises(ProblemsError, match="2 problems") as refused:
        prepare(folder, tmp_path / "out", [])
    assert f"remembrain check {folder}" in str(refused.value)


def test_a_page_that_may_leave_names_nobody_and_tells_of_ten_or_more(tmp_path: Path) -> None:
    names = [f"sub-{place:02d}_T1w.nii" for place in range(40)]
    sources = sources_of([tmp_path / name for name in names], tmp_path)
    volumes = np.random.default_rng(0).normal(1500, 100, 40)
    done = [Prepared(one, measures(brain_ml=volume)) for one, volume in zip(sources, volumes.tolist(), strict=True)]
    failed = Prepared(sources[7], None, wrong="holds several volumes, expected one (2 frames)")
    numbers, shown = preparing.write_pages(tmp_path / "out", [*done[:7], failed, *done[8:]])
    for public in (numbers, numbers.with_name("qc.tsv")):
        assert "sub-" not in public.read_text()
    text = numbers.read_text()
    assert "Scans that were prepared: 40, of people: 40; that could not be: fewer than 10" in text  # 39, in fives
    assert "Holds several volumes, expected one: fewer than 10" in text
    rows = [line.split("\t") for line in numbers.with_name("qc.tsv").read_text().splitlines()]
    (told,) = (dict(zip(rows[0], row, strict=True)) for row in rows if row[0] == "brain volume, ml")
    assert float(told["mean"]) == pytest.approx(1500, abs=50)
    assert "39 scans prepared, 1 could not be" in shown.read_text()


def pictures_of(text: str) -> list[str]:
    return [part.partition('"')[0] for part in text.split('<img src="')[1:]]


@pytest.mark.parametrize("out", [".", "derivatives/x"])
def test_a_refused_call_touches_nothing(tmp_path: Path, out: str) -> None:
    folder = raw_folder(tmp_path / "bids", people=1)
    before = contents(tmp_path)
    with pytest.raises(UsageError):
        prepare(folder, folder / out, [])
    assert contents(tmp_path) == before


def test_the_extra_is_asked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise UsageError("deepbet is not installed")

    monkeypatch.setattr(preparing, "insist_on_extra", missing)
    with pytest.raises(UsageError, match="not installed"):
        prepare(tmp_path / "nowhere", tmp_path / "out", [])


# On the way of what reads people


def read(folder: Path, store: Path, **options: object) -> BidsCohort:
    chosen = DataOptions.model_validate({"raw": True, "store": store, "workers": 1, **options})
    cohort = people.read_cohort(folder, chosen)
    assert isinstance(cohort, BidsCohort)
    return cohort


def test_people_are_read_with_their_prepared_scans(tmp_path: Path, steps: list[str]) -> None:
    folder = raw_folder(tmp_path / "bids", people=3, failing=(2,))
    cohort = read(folder, tmp_path / "store")
    assert cohort.scans.participant_id.tolist() == ["sub-01", "sub-03"]
    assert cohort.scans.age.tolist() == [51, 53]
    assert all(path.is_file() and path.is_relative_to(tmp_path / "store") for path in cohort.paths)
    fatal = [problem for problem in cohort.problems if problem.fatal]
    assert [(one.participant, one.what) for one in fatal] == [
        ("sub-02", "has no brain in it that could be found (0 ml)")
    ]
    assert [one.summary for one in cohort.problems if one.summary == preparing.SUMMARY] == [preparing.SUMMARY]
    assert len(steps) == 3
    again = read(folder, tmp_path / "store")
    assert again.paths == cohort.paths
    assert len(steps) == 3  # the one that fails as well


def test_only_scans_that_are_read_are_prepared(tmp_path: Path, steps: list[str]) -> None:
    folder = raw_folder(tmp_path / "bids", people=2)
    for run in (1, 2):
        raw_scan(folder / "sub-03" / "anat" / f"sub-03_run-{run}_T1w.nii.gz", seed=run)
    with (folder / "participants.tsv").open("a") as table:
        table.write("sub-03\t70\tF\n")
    cohort = read(folder, tmp_path / "store", entity=["run=2"])
    assert len(steps) == 3
    assert cohort.paths[2].name == "sub-03_run-2_space-MNI152NLin2009aSym_res-2_desc-brain_T1w.nii.gz"
    assert read(folder, tmp_path / "store").scans.participant_id.tolist() == ["sub-01", "sub-02"]
    assert len(steps) == 3


def test_what_lies_there_without_ages_is_told_before_anything_is_prepared(tmp_path: Path, steps: list[str]) -> None:
    folder = raw_folder(tmp_path / "bids", people=1)
    (folder / "participants.tsv").unlink()
    with pytest.raises(DataError, match=r"participants\.tsv"):
        read(folder, tmp_path / "store")
    assert steps == []


def test_the_command_prints_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = raw_folder(tmp_path / "bids", people=1), tmp_path / "out"
    with pytest.raises(SystemExit) as done:
        cli.main(["prepare", str(folder), str(out), "--workers", "1"])
    assert done.value.code == 0
    assert capsys.readouterr().out.splitlines() == [str(out), f"{out}/QC.html", f"{out}/restricted/QC.html"]
    with pytest.raises(SystemExit) as done:
        cli.main(["prepare", str(folder), str(folder)])
    assert done.value.code == 2


def test_check_prepares_nothing_and_says_what_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = raw_folder(tmp_path / "bids", people=1)
    with pytest.raises(SystemExit) as done:
        cli.main(["check", str(folder), "--raw"])
    assert done.value.code == 2
    assert "remembrain prepare BIDS_DIR OUT" in capsys.readouterr().err


@pytest.mark.slow  # trains and attacks
def test_an_audit_of_raw_scans_goes_from_one_end_to_the_other(
    tmp_path: Path, steps: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, run = raw_folder(tmp_path / "bids", people=122, failing=(7,)), tmp_path / "run"
    before = contents(folder)
    words = f"audit {folder} {run} --raw --store {tmp_path / 'store'} --members 40 --nonmembers 80 --validation 0"
    words += " --population 0 --grid 32 --epochs 1 --attacks error-threshold --workers 1"
    with pytest.raises(SystemExit) as refused:
        cli.main(words.split())
    assert refused.value.code == 3
    assert f"error: {folder}: 1 problem" in capsys.readouterr().err
    with pytest.raises(SystemExit) as done:
        cli.main([*words.split(), "--leave-out", "problems"])
    assert done.value.code == 0
    assert len(steps) == 122  # of both
    assert "N4 bias field" in (run / "report.html").read_text()
    assert "raw = true" in (run / "config.toml").read_text()
    with pytest.raises(SystemExit) as done:
        cli.main(["attack", str(run), "logistic", "--workers", "1"])
    assert done.value.code == 0
    assert len(steps) == 122
    assert contents(folder) == before
