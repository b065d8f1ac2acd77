"""The words of the command line: help, what goes where, exit codes, and one message for everything that is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run

from remembrain import config
from remembrain.cli._program import WAYS
from remembrain.cli.app import app
from remembrain.cli.options_file import _commands

COMMANDS = [words for words, _ in _commands(app)]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_ends_with_an_example_of_the_command(command: str, capsys: pytest.CaptureFixture) -> None:
    assert run(*command.split(), "--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert re.search(rf"Example: remembrain {command}\b[^│╰]*$", text), text[-200:]
    assert "--empty-" not in text


def test_the_help_names_every_command(capsys: pytest.CaptureFixture) -> None:
    assert run("--help") == 0
    listed = capsys.readouterr().out
    assert all(re.search(rf"│ {command.split()[0]} ", listed) for command in COMMANDS)


@pytest.mark.parametrize(
    ("command", "argument"),
    [("audit", "DATA"), ("audit", "RUN"), ("attack", "RUN"), ("show", "RUN"), ("check", "DATA")],
)
def test_positional_arguments_are_explained(command: str, argument: str, capsys: pytest.CaptureFixture) -> None:
    run(command, "--help")
    assert re.search(rf"\b{argument}\b\s+\w+ \w+", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nothing"], 2, "Unknown command"),
        (["audit", "data"], 2, "RUN requires an argument"),
        (["audit", "data", "run", "--no-such", "1"], 2, "--no-such"),
        (["audit", "data", "run", "--members", "-1"], 2, "--members: input should be greater than 0"),
        (["audit", "data", "run", "--grid", "99"], 2, "--grid: input should be '32', '48', '64' or 'mni'"),
        (["audit", "data", "run", "--epochs", "many"], 2, "--epochs: input should be a valid integer"),
        (["audit", "data", "run", "--fail-above", "auc=7"], 2, "--fail-above auc=7"),
        (["audit", "data", "run", "--fail-above", "height=0.5"], 2, "MEASURE=LIMIT"),
        (["audit", "data", "run", "--attacks", "nope"], 2, "no attack 'nope'"),
        (["audit", "nowhere", "run"], 3, "nowhere: no such file or folder"),
        (["check", "nowhere"], 3, None),
        (
            ["audit", "data", "run", "--seed", "-1"],
            2,
            'Invalid value "-1" for --seed. Input should be greater than or equal to 0',
        ),
        (
            ["attack", "run", "--workers", "0"],
            2,
            'Invalid value "0" for --workers. Input should be greater than or equal to 1',
        ),
        (["attack", "run", "network:covariates"], 2, "facts of the people and not of the model"),
        (["show", "nowhere", "--json"], 3, "nowhere: is not a run folder"),
        (["attack", "nowhere"], 3, "nowhere: is not a run folder"),
        (["show", "nowhere"], 3, "nowhere: is not a run folder"),
        (["report", "nowhere"], 3, "nowhere: is not a run folder"),
        (["report"], 2, "no run folder named"),
        (["report", "a", "b"], 2, "no file for their report"),
        (["phantom", "people", "--people", "0"], 2, "0 people"),
        (["--config"], 2, "--config needs a file"),
        (["audit", "--config", "a.toml", "data", "run", "--config=b.toml"], 2, "--config is said twice"),
        (["--config", "nowhere.toml", "attacks"], 2, "nowhere.toml: no such file"),
    ],
)
def test_what_is_wrong_is_one_message_and_an_exit_code(words, code, message, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    if message is not None:
        assert message in err
        assert out == ""
        assert len(err.strip().splitlines()) <= 2
    assert not list(tmp_path.iterdir())


def test_a_traceback_comes_with_debug_alone_and_the_code_stays(tmp_path: Path, capsys) -> None:
    assert run("attack", tmp_path, "--debug") == 3
    said = capsys.readouterr().err
    assert "Traceback (most recent call last)" in said
    assert said.splitlines()[-2].startswith(f"remembrain: error: {tmp_path}: is not a run folder")


def test_what_nobody_expected_is_one_line(monkeypatch, capsys) -> None:
    monkeypatch.setattr("remembrain.cli.environment.environment", lambda: 1 / 0)
    assert run("env") == 1
    assert capsys.readouterr().err.startswith("remembrain: unexpected ZeroDivisionError: division by zero\n  try: ")


def test_an_interrupt_says_that_what_was_computed_is_kept(monkeypatch, capsys) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("remembrain.cli.environment.environment", interrupted)
    assert run("env") == 130
    assert "what was computed is kept" in capsys.readouterr().err


def test_a_config_file_says_what_words_can_and_words_count_for_more(table: Path, tmp_path: Path, capsys) -> None:
    settings = tmp_path / "options.toml"
    settings.write_text(
        "seed = 5\n[training]\nepochs = 2\n[split]\nmembers = 50\n"
        '[attack]\nrepeats = 3\nattacks = ["error-threshold"]\n'
    )
    words = ["audit", table, tmp_path / "run", "--config", settings, "--repeats", "2", "--workers", "1"]
    assert run(*words) == 0
    found = config.Config.read(tmp_path / "run" / "config.toml")
    assert (found.seed, found.training.epochs, found.split.members, found.attack.repeats) == (5, 2, 50, 2)
    assert found.attack.attacks == ("error-threshold",)


def test_data_goes_to_stdout_and_talk_to_stderr_of_a_process_of_its_own(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from remembrain.cli import main; main()"]
    done = subprocess.run(
        [*program, "phantom", "people", "--people", "2", "--grid", "32"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "people\n")
    done = subprocess.run([*program, "show", "people"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "people: " in done.stderr
    assert "Traceback" not in done.stderr


DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["audit", "table.tsv", "run", "--config", "deep.toml"], 2, "deep.toml: is nested too deep"),
        (["audit", "table.tsv", "run", "--config", "pipe"], 2, "pipe: is a named pipe"),
        (["audit", "table.tsv", "run", "--config", "/dev/zero"], 2, "/dev/zero: is a device"),
        (["audit", "table.tsv", "run", "--network-arguments", DEEP], 2, "--network-arguments"),
        (["audit", "table.tsv", "run", "--members-list", "deep.json", "--nonmembers-list", "pipe"], 3, "too deep"),
        (["audit", "table.tsv", "run", "--members-list", "pipe", "--nonmembers-list", "pipe"], 3, "a named pipe"),
        (["audit", "table.tsv", "run", "--split", "/dev/zero"], 3, "/dev/zero: is a device"),
        (["audit", "table.tsv", "run", "--label", "a\u202eb"], 3, "has no column 'a<U+202E>b'"),
        (["audit", "pipe", "run"], 3, "pipe: "),
        (["survey", "audit", "table.tsv", "run", "--release", "deep.toml"], 2, "deep.toml: is nested too deep"),
        (["defend", "table.tsv", "run", "--grid", "deep.toml"], 2, "deep.toml: is nested too deep"),
        (["show", "deep"], 3, "run.json: is nested too deep"),
        (["show", "odd"], 3, "is not the evidence that this version writes"),
        (["report", "odd"], 3, "evidence.json: "),
        (["show", "broken"], 3, "evidence.json: is nested too deep"),
        (["report", "broken"], 3, "evidence.json: is nested too deep"),
        (["attack", "linked"], 3, "restricted: is a link to a folder outside of the run"),
    ],
)
def test_hostile_input_is_one_message_and_touches_nothing(words, code, message, table, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if table.name != "table.tsv":
        table.rename("table.tsv")
    Path("deep.json").write_text(DEEP)
    Path("deep.toml").write_text(f"a = {DEEP}")
    os.mkfifo("pipe")
    for name, evidence in (("odd", "{}"), ("broken", DEEP), ("linked", "{}")):
        Path(name).mkdir()
        Path(name, "run.json").write_text('{"schema": 1}')
        Path(name, "evidence.json").write_text(evidence)
    Path("linked", "restricted").symlink_to(tmp_path)
    Path("deep").mkdir()
    Path("deep", "run.json").write_text('{"a":' * 100_000)
    before = sorted(map(str, tmp_path.rglob("*")))
    assert run(*words) == code
    err = capsys.readouterr().err
    assert message in err
    assert "unexpected" not in err
    assert "\u202e" not in err
    assert len(err) < 2000
    assert sorted(map(str, tmp_path.rglob("*"))) == before


def test_alone_it_says_which_command_is_for_whom(capsys):
    assert run() == 0
    printed, readme = capsys.readouterr().out, (Path(__file__).parents[2] / "README.md").read_text()
    for having, words in WAYS:
        assert having in printed
        assert words in printed
        assert f"`{words.removesuffix(', from Python')}`" in readme
