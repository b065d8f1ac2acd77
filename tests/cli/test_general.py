"""Commands that need no data: what they list and print."""

from __future__ import annotations

from pathlib import Path

from command_line import run

from remembrain.cli import environment
from remembrain.study import demo
from remembrain.targets.defences import DEFENCES


def test_attacks_are_listed_with_what_they_need(capsys) -> None:
    assert run("attacks") == 0
    text = capsys.readouterr().out
    for part in ("error-threshold", "logistic", "network:gradient:output", "blind", "outputs", "weights", "nothing"):
        assert part in text


def test_defences_are_listed_with_their_strength(capsys) -> None:
    assert run("defences") == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in DEFENCES)
    assert "noise multiplier" in listed


def test_facts_of_the_machine_stand_one_a_line(monkeypatch, capsys) -> None:
    monkeypatch.setattr(environment, "environment", lambda: {"python": "3.12", "cores": 4})
    assert run("env") == 0
    assert capsys.readouterr().out == "python: 3.12\ncores: 4\n"


def test_the_demonstration_has_the_people_and_the_grid_that_are_said(monkeypatch, capsys) -> None:
    monkeypatch.setattr(demo, "run_demo", lambda folder, seed, people, grid: f"{folder} {seed} {people} {grid}")
    assert run("demo") == 0
    assert run("demo", "runs/x", "--people", "80", "--grid", "32", "--seed", "3") == 0
    assert capsys.readouterr().out == "runs/demo 2 640 48\nruns/x 3 80 32\n"


def test_people_are_made_as_they_are_asked_for(tmp_path: Path, capsys) -> None:
    assert run("phantom", tmp_path / "people", "--people", "2", "--grid", "32", "--workers", "1") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'people'}\n"
    assert (tmp_path / "people" / "participants.tsv").read_text().count("\n") == 3
