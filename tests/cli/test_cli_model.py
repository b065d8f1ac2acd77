"""Commands about one model, from words to files."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import run


def test_several_columns_follow_one_word(table: Path, capsys) -> None:
    assert run("check", table, "--drop", "a", "b") == 0
    assert "features: 1 numeric, 1 categorical" in capsys.readouterr().out


def test_an_audit_from_words_to_report(table: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "run"
    words = ["--epochs", "2", "--repeats", "2", "--workers", "1", "--attacks", "error-threshold"]
    assert run("audit", table, folder, *words) == 0
    out, _ = capsys.readouterr()
    assert out == f"{folder / 'report.html'}\n"
    assert run("show", folder, "--json") == 0
    content = json.loads(capsys.readouterr().out)
    assert content == json.loads((folder / "evidence.json").read_text())
    assert [one["name"] for one in content["attacks"]] == ["error-threshold", "blind"]
    assert run("show", folder) == 0
    assert "null control:" in capsys.readouterr().out
    assert run("attack", folder, "logistic", "--repeats", "2", "--workers", "1") == 0
    assert capsys.readouterr().out == f"{folder / 'evidence.json'}\n"
    assert run("attack", folder, "logistic", "--repeats", "2", "--workers", "1", "--fail-above", "auc=0.5") == 4
    assert "auc" in capsys.readouterr().err.lower()
    assert run("report", folder, "--out", tmp_path / "other.html") == 0
    assert (tmp_path / "other.html").exists()
    assert run("train", table, folder, "--batch-size", "9") == 3
    assert "belongs to a training with other" in capsys.readouterr().err


def test_check_prints_people_and_every_problem(table: Path, capsys) -> None:
    assert run("check", table) == 0
    assert "people: 210" in capsys.readouterr().out
    lines = table.read_text().splitlines()
    lines[3] = lines[3].replace(lines[3].split("\t")[1], "n/a", 1)
    lines[9] = lines[9].replace(lines[9].split("\t")[1], "-4", 1)
    table.write_text("\n".join(lines) + "\n")
    assert run("check", table) == 3
    out = capsys.readouterr().out
    assert "problems: 2" in out
    assert "row 4 (sub-002)" in out
    assert "row 10 (sub-008)" in out
