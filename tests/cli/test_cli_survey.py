"""Commands about published tables: what is handed on, and knobs as they are said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run

from remembrain.audits.judge import Evidence
from remembrain.cli.survey import _values
from remembrain.config import SurveyConfig
from remembrain.errors import UsageError
from remembrain.study.survey import audit, demo


@pytest.mark.parametrize(
    ("text", "knob"),
    [("known=0.25,1", ("known", (0.25, 1.0))), ("group-size=50", ("group_size", (50.0,)))],
)
def test_a_knob_is_a_name_and_numbers(text: str, knob: tuple) -> None:
    assert _values(text) == knob


@pytest.mark.parametrize("text", ["known", "known=", "known=a,b"])
def test_a_knob_without_numbers_is_refused_by_what_was_said(text: str) -> None:
    with pytest.raises(UsageError, match=f"--sweep {text}"):
        _values(text)


def test_words_count_for_more_than_the_release_file(monkeypatch, tmp_path: Path) -> None:
    given = []

    def audited(config: SurveyConfig, folder: Path, _: object, workers: int | None) -> tuple[Path, Evidence]:
        given.append((config, folder, workers))
        raise UsageError("and no further")

    monkeypatch.setattr(audit, "audit_survey", audited)
    release = tmp_path / "release.toml"
    release.write_text('seed = 4\n[release]\nmargins = "all"\ngroup_size = 50\n[adversary]\nknown = 0.5\n')
    assert run("survey", "audit", "a.csv", "out", "--release", release, "--group-size", "60", "--workers", "3") == 2
    ((config, folder, workers),) = given
    assert (config.release.group_size, config.release.margins, config.adversary.known) == (60, "all", 0.5)
    assert (config.seed, config.source, folder, workers) == (4, Path("a.csv"), Path("out"), 3)


def test_a_template_is_written_and_its_files_are_named(tmp_path: Path, capsys) -> None:
    book, out = tmp_path / "book.toml", tmp_path / "out"
    book.write_text('[columns.sex]\nlevels = ["m", "f"]\n[columns.smokes]\nlevels = ["y", "n"]\n')
    assert run("survey", "template", book, out) == 0
    names = ["release.toml", "tables/margin-sex.csv", "tables/margin-smokes.csv"]
    assert capsys.readouterr().out.split() == [str(out / name) for name in names]
    release = tmp_path / "release.toml"
    release.write_text('[release]\ncrosstabs = [["sex", "smokes"]]\n')
    assert run("survey", "template", book, tmp_path / "cross", "--release", release) == 0
    assert [path.name for path in (tmp_path / "cross" / "tables").iterdir()] == ["crosstab-sex-smokes.csv"]
    assert run("survey", "template", book, out) == 3


def test_maps_of_a_group_become_a_table(tmp_path: Path, capsys) -> None:
    nib = pytest.importorskip("nibabel")
    (tmp_path / "maps").mkdir()
    values = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    for path in (tmp_path / "mask.nii", tmp_path / "maps" / "m.nii"):
        nib.save(nib.Nifti1Image(values, np.eye(4)), path)
    words = ("survey", "group-maps", tmp_path / "maps", tmp_path / "t.csv", "--mask", tmp_path / "mask.nii")
    assert run(*words) == 3
    assert run(*words, "--column", "m.nii=mean controls", "--people", "controls=9") == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "t.csv")]
    head, *rows = (tmp_path / "t.csv").read_text().splitlines()
    assert (head, rows[0], len(rows)) == ("region,n controls,mean controls", "voxel-0-0-1,9,1", 7)


def test_attacks_on_tables_are_listed_with_what_they_need(capsys) -> None:
    assert run("survey", "attacks") == 0
    listed = capsys.readouterr().out
    assert all(word in listed for word in ("inner-product", "published tables", "access", "knows", "paper"))


def test_the_demonstration_is_made_where_it_is_said(monkeypatch, capsys) -> None:
    monkeypatch.setattr(demo, "run_survey_demo", lambda folder, **given: f"{folder} {given['seed']}")
    assert run("survey", "demo", "runs/x", "--seed", "7") == 0
    assert capsys.readouterr().out == "runs/x 7\n"
