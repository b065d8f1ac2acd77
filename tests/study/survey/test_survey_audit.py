"""An audit of tables from the command line: files in, evidence and a report out; and every way to say no."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_answers import made
from private_files import open_to_others
from remembrain import cli
from remembrain.audits import limits
from remembrain.audits.judge import Evidence
from remembrain.errors import DataError, EvidenceAboveLimit
from remembrain.report.write import write

QUICK = ("--repeats", "2")
SMALL = ("--worlds", "2", "--sweep", "known=0.5,1", "--sweep", "round_to=0,10")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    made(500, 1).to_csv(path, index=False)
    return path


def release(folder: Path, text: str = 'margins = "all"', more: str = "") -> Path:
    path = folder / "release.toml"
    path.write_text(f"[release]\n{text}\n{more}")
    return path


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["survey", "audit", *map(str, words)])
    return int(stopped.value.code or 0)


def test_only_margins_have_to_be_said(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run(data, out, "--release", release(tmp_path), *QUICK, *SMALL, "--workers", 1) == 0
    evidence = json.loads((out / "evidence.json").read_text())
    assert {one["name"] for one in evidence["attacks"]} == {
        "distance", "inner-product", "likelihood-ratio", "correlation-aware", "learned", "blind",
    }  # fmt: skip
    assert all(one["access"] == "published tables" for one in evidence["attacks"][:-1])
    assert evidence["target"]["group"] == 500
    assert evidence["target"]["audited_group"] < 500
    assert any("kept out" in line for line in evidence["not_tested"])
    for command in ("report", "show"):
        with pytest.raises(SystemExit) as stopped:
            cli.main([command, str(out)])
        assert not stopped.value.code
    assert "sub-" not in (out / "report.html").read_text() + (out / "evidence.json").read_text()
    written = pd.read_csv(out / "release" / "margin-sex.csv")
    assert written["count"].sum() == 500
    counted = pd.read_csv(data)["sex"].value_counts()
    assert dict(zip(written["sex"], written["count"], strict=True)) == counted.to_dict()


def test_what_is_audited_is_what_is_published(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = 'margins = ["q0", "q1"]\ncrosstabs = [["q0", "sex"]]\nmeans = ["score"]\nby = ["sex"]\nweights = "w"\n'
    words += "group_size = 200\nround_to = 5\nsuppress_below = 6"
    assert run(data, out, "--release", release(tmp_path, words), *QUICK, "--no-sweeps", "--workers", 1) == 0
    names = sorted(path.name for path in (out / "release").glob("*.csv"))
    assert names == [
        "crosstab-q0-sex.csv",
        "margin-q0-by-sex.csv",
        "margin-q0.csv",
        "margin-q1-by-sex.csv",
        "margin-q1.csv",
        "mean-score-by-sex.csv",
        "mean-score.csv",
    ]
    group = [line.split("\t")[0] for line in (out / "restricted" / "split.tsv").read_text().splitlines()[1:]]
    frame = pd.read_csv(data, dtype={"q0": str}).set_index("participant_id")
    frame["w"] /= frame["w"].mean()
    mine = frame.loc[group]
    assert len(mine) == 200
    assert open_to_others(out) == []
    told = pd.read_csv(out / "release" / "margin-q0.csv").set_index("q0")
    weighted = mine.dropna(subset="q0").groupby("q0")["w"].sum()
    assert np.allclose(told["count"], (weighted / 5).round() * 5)
    mean = pd.read_csv(out / "release" / "mean-score.csv")
    assert mean["mean"].iloc[0] == pytest.approx(np.average(mine["score"], weights=mine["w"]), rel=1e-8)


def test_the_same_seed_gives_the_same_evidence_and_a_stopped_sweep_goes_on(data: Path, tmp_path: Path) -> None:
    file, evidence = release(tmp_path, 'margins = "all"\ngroup_size = 100'), []
    few = (*QUICK, *SMALL, "--attacks", "inner-product", "correlation-aware")
    for name, workers in (("one", 1), ("two", 2)):
        assert run(data, tmp_path / name, "--release", file, *few, "--workers", workers) == 0
        evidence.append(json.loads((tmp_path / name / "evidence.json").read_text()))
    for one in evidence:
        one["audit"].pop("created")
        one["audit"].pop("command")
        one["audit"].pop("hashes")  # keyed by each run
    assert evidence[0] == evidence[1]
    every = {path: json.loads(path.read_text()) for path in (tmp_path / "one" / "restricted" / "sweeps").glob("*.json")}
    path, point = next(item for item in sorted(every.items()) if len(item[1]["worlds"]) == 2)  # of a sweep, not of need
    for world, auc in zip(point["worlds"], (0.75, 0.76), strict=True):
        world["auc"] = dict.fromkeys(world["auc"], auc)
    path.write_text(json.dumps(point))
    assert run(data, tmp_path / "one", "--release", file, *few, "--workers", 1) == 0
    again = json.loads((tmp_path / "one" / "evidence.json").read_text())
    found = [point["auc"]["inner-product"]["value"] for one in again["sweeps"] for point in one["points"]]
    found += [step["auc"]["inner-product"]["value"] for step in again["realism"]]
    assert pytest.approx(0.755) in found


@pytest.mark.slow
def test_an_audit_that_is_killed_while_it_attacks_goes_on_and_says_the_same(data: Path, tmp_path: Path) -> None:
    file = release(tmp_path, 'margins = "all"\ngroup_size = 100')
    words = ["--release", str(file), "--repeats", "12", "--no-sweeps", "--workers", "1"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-m", "remembrain.cli", "survey", "audit", str(data), str(killed), *words]
    kept = killed / "restricted" / "looks"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and len(list(kept.glob("*.npy"))) < 20:
            time.sleep(0.02)  # as often as somebody could look
        process.kill()
    before = {path: path.stat().st_mtime_ns for path in kept.glob("*.npy")}
    assert 20 <= len(before) < 12 * 6
    assert not (killed / "evidence.json").exists()
    for folder in (killed, whole):
        assert run(data, folder, *words) == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before  # nothing that was kept is computed again
    assert len(list(kept.glob("*.npy"))) == 12 * 6
    assert open_to_others(killed) == []
    assert (killed / "restricted" / "scores.tsv").read_bytes() == (whole / "restricted" / "scores.tsv").read_bytes()
    first, second = (json.loads((folder / "evidence.json").read_text()) for folder in (killed, whole))
    assert first["attacks"] == second["attacks"]
    assert first["controls"] == second["controls"]


def test_tables_alone_are_audited_against_people_to_test(data: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    file = release(tmp_path, 'margins = "all"\ngroup_size = 100')
    assert run(data, first, "--release", file, *QUICK, "--no-sweeps", "--workers", 1) == 0
    group = {line.split("\t")[0] for line in (first / "restricted" / "split.tsv").read_text().splitlines()[1:]}
    people = pd.read_csv(data, dtype=str)
    people["member"] = people["participant_id"].isin(group).astype(int)
    people.to_csv(tmp_path / "people.csv", index=False)
    made(600, 2, first=10_000).to_csv(tmp_path / "reference.csv", index=False)
    (first / "release" / "extra.md").write_text("no table")
    words = ("--tables", first / "release", "--reference", tmp_path / "reference.csv", *QUICK, "--workers", 1)
    file.write_text(file.read_text() + "[published]\ndecimals = 8\n")
    assert run(tmp_path / "people.csv", tmp_path / "given", "--release", file, *words) == 0
    evidence = json.loads((tmp_path / "given" / "evidence.json").read_text())
    assert evidence["target"]["given"]
    assert evidence["target"]["blur"]["decimals"] == 8
    page = (tmp_path / "given" / "report.html").read_text()
    assert "shares have eight decimals" in page
    assert "How the tables were read" in page
    assert "files that are not read: extra.md" in page
    assert (evidence["target"]["tested_members"], evidence["target"]["tested_others"]) == (100, 400)
    best = max(one["auc"]["value"] for one in evidence["attacks"])
    assert best > 0.55
    assert (
        run(
            tmp_path / "people.csv", tmp_path / "none", "--release", file, "--tables", first / "release", "--workers", 1
        )
        == 3
    )


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What --fail-above would say of each run, if its blind baseline told the groups apart."""
    said: list[str] = []
    enforce = limits.enforce

    def enforced(judged: Evidence, _: object) -> None:
        said.append("")
        try:
            enforce(replace(judged, blind=replace(judged.blind, status="failed")), ("auc", 1.0))
        except EvidenceAboveLimit as above:
            said[-1] = str(above)

    monkeypatch.setattr(limits, "enforce", enforced)
    return said


def test_people_of_other_files_are_the_reference_and_the_outsiders(data: Path, tmp_path: Path, gate: list[str]) -> None:
    made(300, 3, first=20_000).to_csv(tmp_path / "reference.csv", index=False)
    made(250, 4, first=30_000).to_csv(tmp_path / "outsiders.csv", index=False)
    words = ("--reference", tmp_path / "reference.csv", "--outsiders", tmp_path / "outsiders.csv")
    assert (
        run(data, tmp_path / "run", "--release", release(tmp_path), *words, *QUICK, "--no-sweeps", "--workers", 1) == 0
    )
    target = json.loads((tmp_path / "run" / "evidence.json").read_text())["target"]
    assert (target["audited_group"], target["group"], target["tested_others"], target["reference"]) == (
        500,
        500,
        250,
        300,
    )
    assert "the blind baseline failed" in gate[0]  # they may be other people


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("margins = []", "publishes no cell"),
        ('margins = ["nothing"]', "'nothing' is unknown"),
        ('means = ["q0"]', "'q0' is categorical"),
        ('margins = ["q0"]\ngroup_size = 9', "a group of 9 people"),
        ('margins = ["q0"]\nweights = "q0"', "has the weight"),
        ('margins = ["q0"]\nby = ["nothing"]', "'nothing' is unknown"),
        ('margins = ["q0"]\ngroup_size = 495', "leave"),
        ('means = ["score"]\nnoise_epsilon = 1.0\ngroup_size = 100', "needs a declared range"),
    ],
)
def test_a_release_that_cannot_be_is_refused_before_anything_is_written(
    data: Path, tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, tmp_path / "run", "--release", release(tmp_path, text)) == 3
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_bad_people_are_refused_with_their_place(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.read_csv(data, dtype=str)
    frame.loc[3, "participant_id"] = "sub-1"
    frame.loc[5, "w"] = "-1"
    frame.loc[6, "w"] = ""
    frame.to_csv(tmp_path / "bad.csv", index=False)
    words = 'margins = ["q0"]\nweights = "w"'
    assert run(tmp_path / "bad.csv", tmp_path / "run", "--release", release(tmp_path, words)) == 3
    told = capsys.readouterr().err
    assert "sub-1 stands in row 3 too" in told
    assert "has the weight -1" in told
    assert "has no weight" in told
    dictionary = tmp_path / "dictionary.toml"
    dictionary.write_text('[columns.q0]\nlevels = ["a", "b"]\n')
    assert run(data, tmp_path / "run", "--release", release(tmp_path), "--dictionary", dictionary) == 3
    assert "'c' is not in the dictionary" in capsys.readouterr().err
    assert run(data, tmp_path / "run", "--release", release(tmp_path), "--reference", data) == 3
    assert "stands here and among those whose answers are published" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sweep", "nothing=1"), "no knob"),
        (("--sweep", "known"), "NAME=V1"),
        (("--attacks", "nothing"), "no attack"),
        (("--fail-above", "auc=2"), "MEASURE=LIMIT"),
        (("--known", "0"), "greater than 0"),
    ],
)
def test_wrong_words_are_refused(
    data: Path, tmp_path: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, tmp_path / "run", "--release", release(tmp_path), *words) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_evidence_above_the_limit_ends_with_four(data: Path, tmp_path: Path) -> None:
    file = release(tmp_path, 'margins = "all"\ngroup_size = 30')
    assert (
        run(
            data, tmp_path / "run", "--release", file, *QUICK, "--no-sweeps", "--workers", 1, "--fail-above", "auc=0.51"
        )
        == 4
    )


def test_a_page_that_says_more_than_its_controls_is_refused(data: Path, tmp_path: Path, gate: list[str]) -> None:
    out = tmp_path / "run"
    file = release(tmp_path, 'margins = "all"\ngroup_size = 100')
    assert run(data, out, "--release", file, *QUICK, "--no-sweeps", "--workers", 1) == 0
    assert gate == [""]  # who is in the tables was drawn here
    evidence = json.loads((out / "evidence.json").read_text())
    evidence["controls"]["null"]["status"] = "failed"
    (out / "evidence.json").write_text(json.dumps(evidence))
    with pytest.raises(DataError, match="null control"):
        write([out])
