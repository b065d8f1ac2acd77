"""Every kind of run folder is opened by report and show; kinds that have no page together are not."""

from __future__ import annotations

import json
from pathlib import Path

import example_defences
import example_runs
import pytest

from remembrain import cli
from remembrain.report.write import write
from remembrain.run import RunFolder


def run(*words: object) -> int:
    with pytest.raises(SystemExit) as done:
        cli.main([str(word) for word in words])
    return int(done.value.code or 0)


def comparison(folder: Path) -> Path:
    return example_defences.compared(folder / "defences")


def test_a_comparison_of_defences_is_opened(tmp_path: Path, capsys) -> None:
    folder = comparison(tmp_path)
    assert run("report", folder) == 0
    assert capsys.readouterr().out == f"{folder / 'report.html'}\n"
    assert run("report", folder, "--out", tmp_path / "other.html") == 0
    assert (tmp_path / "other.html").read_text() == (folder / "report.html").read_text()
    capsys.readouterr()
    assert run("show", folder, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((folder / "defences.json").read_text())
    assert run("show", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    settings = json.loads((folder / "defences.json").read_text())["settings"]
    assert len(lines) == 1 + len(settings)
    assert lines[1].startswith("none ")
    assert settings[0]["finding"]["status"] in lines[1]
    assert f"{settings[0]['mae']['value']:.3f}" in lines[1]
    assert any(line.startswith("dp-noise=0.3 ") for line in lines)


def test_an_unfinished_comparison_names_the_command_that_goes_on(tmp_path: Path, capsys) -> None:
    (tmp_path / "run.json").write_text('{"schema": 1}')
    (tmp_path / "grid.json").write_text("{}")
    for command in ("report", "show"):
        assert run(command, tmp_path) == 3
        said = capsys.readouterr().err
        assert "defences.json: no such file" in said
        assert "remembrain defend DATA " in said


@pytest.mark.parametrize(
    ("files", "kind", "again"),
    [
        ({}, "model", "remembrain attack"),
        ({"release/tables.csv": ""}, "survey", "remembrain survey audit"),
        ({"evidence.json": '{"kind": "survey"}'}, "survey", ""),
        ({"evidence.json": '{"kind": "survey"}', "release/tables.csv": ""}, "survey", ""),
        ({"evidence.json": '{"kind": "model"}', "release/tables.csv": ""}, "model", ""),
        ({"evidence.json": "[]"}, "model", ""),
    ],
)
def test_the_kind_is_what_the_evidence_says(files, kind, again, tmp_path: Path, capsys) -> None:
    (tmp_path / "run.json").write_text('{"schema": 1}')
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert RunFolder(tmp_path).kind == kind
    for command in ("report", "show") if again else ():
        assert run(command, tmp_path) == 3
        assert again in capsys.readouterr().err


def test_a_comparison_has_no_page_with_others(tmp_path: Path, capsys) -> None:
    folder, model = comparison(tmp_path), example_runs.leaking(tmp_path / "model")
    assert run("report", model, folder, "--out", tmp_path / "other.html") == 2
    assert f"{folder}: is of a comparison of defences" in capsys.readouterr().err
    assert not (tmp_path / "other.html").exists()
    assert write([model]) == model / "report.html"
