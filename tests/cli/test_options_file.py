"""The file of --config: every option of every command, printed and read back; each command takes its own sections."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from contextlib import suppress
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import tomli_w
from command_line import run
from pydantic import BaseModel, ValidationError

from remembrain import config
from remembrain.cli._root import Place
from remembrain.cli.app import app
from remembrain.cli.options_file import _commands, _places, read_settings, settings_for, template
from remembrain.errors import UsageError

COMMANDS = dict(_commands(app))
PRINTED = template(app)


def written(folder: Path, text: str) -> Path:
    path = folder / "options.toml"
    path.write_text(text)
    return path


def uncommented(text: str) -> str:
    return re.sub(r"(?m)^# ", "", text)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_s_help_is_printed_and_no_other(command: str, capsys: pytest.CaptureFixture) -> None:
    run(*command.split(), "--help")
    said = re.findall(r"(?:│ [* ]*| )--(?!no-|help|version|config|debug)([a-z-]+)", capsys.readouterr().out)
    options = {name.replace("-", "_") for name in said} - {"engine"} | ({"engine"} if command == "federate" else set())
    printed = set(tomllib.loads(uncommented(PRINTED))) | {
        key for content in tomllib.loads(uncommented(PRINTED)).values() if isinstance(content, dict) for key in content
    }
    assert options <= printed
    assert {place.key for place, _ in _places(COMMANDS[command])} == options


def test_every_option_is_printed_with_what_it_is_for_and_its_default() -> None:
    content = tomllib.loads(uncommented(PRINTED))
    assert content.keys() == {"seed", *config.SECTIONS}
    for section in config.SECTIONS:
        assert content[section].keys() == config.fields_of(section).keys()
        for key, field in config.fields_of(section).items():
            assert f"\n## {field.description}" in PRINTED
            default = list(field.default) if isinstance(field.default, tuple) else field.default
            assert content[section][key] == ("" if default is None or field.is_required() else default)


@pytest.mark.parametrize("pattern", [r"(?m)^# ", r"(?m)^#", r"(?m)^# (?=\w+ = )"])
@pytest.mark.parametrize("command", [*COMMANDS, None])
def test_all_that_is_printed_is_read_back_without_complaint(command: str, pattern: str, tmp_path: Path) -> None:
    path = written(tmp_path, re.sub(pattern, "", PRINTED))
    settings = read_settings(path, COMMANDS.get(command))
    assert settings.passed_over == ()
    assert "" not in settings.values.values()


def test_a_section_reaches_its_own_commands_alone(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'seed = 4\n[federation]\nengine = "flare"\nrounds = 3\n[survey]\nrepeats = 7\n[attack]\nrepeats = 2\n'
        "[data]\nworkers = 1\nlabel = 'iq'\n",
    )
    of = {command: read_settings(path, COMMANDS[command]) for command in COMMANDS}
    assert of["attack"].values == {"repeats": 2, "workers": 1}
    assert of["survey audit"].values == {"seed": 4, "repeats": 7, "workers": 1}
    assert of["federation start"].values == {"seed": 4, "rounds": 3}
    assert of["federate"].values == {"seed": 4, "engine": "flare", "rounds": 3, "workers": 1, "label": "iq"}
    assert of["defend"].values == {"workers": 1}
    assert of["phantom"].values == {"seed": 4, "workers": 1}
    assert of["attacks"].values == {}
    assert of["attack"].passed_over == ("seed", "[federation]", "[survey]", "[data] label")
    assert of["attacks"].passed_over == ("seed", "[federation]", "[survey]", "[attack]", "[data]")


@pytest.mark.parametrize(
    ("command", "words", "text", "takes"),
    [
        ("survey audit", ("data", "run"), '[survey]\nrelease = "no.toml"\n', "no.toml: no such file"),
        ("federation start", ("kit", "run"), "[training]\nepsilon = 1.0\nnoise_multiplier = 1.0\n", "asked for twice"),
        ("defend", ("data", "run"), '[defend]\ngrid = "no.toml"\n', "no.toml: no such file"),
        ("phantom", ("out",), "[phantom]\npeople = 0\n", "0 people"),
        ("audit", ("data", "run"), '[attack]\nattacks = ["no"]\n', "no attack 'no'"),
        ("report", ("a", "b"), "", "no file for their report"),
        ("check", ("data",), "[data]\nworkers = 2\n", ""),
    ],
)
def test_every_command_takes_its_options_from_a_file(
    command, words, text, takes, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*command.split(), *words, "--config", written(tmp_path, text)) in (2, 3)
    assert takes in capsys.readouterr().err


def other_value(place: Place) -> Any:
    """Return what a file may say at a place and is not the default."""
    field = config.fields_of(place.section)[place.key]
    literals = [one for part in (field.annotation, *get_args(field.annotation)) for one in get_args(part)]
    tried = [True, False, 3, 25, 0.25, 0.75, *literals, "x", ["x", "y"], [0.25], [0.0, 90.0]]
    for value in tried:
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        with suppress(ValidationError, TypeError, ValueError):
            place.adapter().validate_json(json.dumps(value), strict=True)
            if value != default and str(value) != str(default):
                return value
    raise AssertionError(place)


@pytest.mark.parametrize("command", [name for name in COMMANDS if dict(_places(COMMANDS[name]))])
def test_every_option_of_a_file_reaches_its_command(command: str, tmp_path: Path) -> None:
    values = {place: other_value(place) for place, _ in _places(COMMANDS[command])}
    content: dict[str, Any] = {}
    for place, value in values.items():
        (content.setdefault(place.section, {}) if place.section else content)[place.key] = value
    path = written(tmp_path, tomli_w.dumps(content))
    words = [*command.split(), *("a", "b")[: positional(command)]]
    app.config = (settings_for(app, words, path),)
    try:
        _, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    finally:
        app.config = ()
    given: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        for part in vars(value).values() if is_dataclass(value) else (value,):
            given |= {key.rstrip("_"): each for key, each in part} if isinstance(part, BaseModel) else {name: part}
    for place, value in values.items():
        expected = tuple(value) if isinstance(value, list) else value
        got = given[place.key]
        assert plain(got) in (expected, (expected,)), place  # one file stands for a list of one


def plain(value: Any) -> Any:
    """Return a value with paths as text."""
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    return str(value) if isinstance(value, Path) else value


def positional(command: str) -> int:
    """Return how many positional arguments have to be said."""
    kinds = inspect.signature(COMMANDS[command]).parameters.values()
    return sum(one.kind is one.POSITIONAL_ONLY and one.default is one.empty for one in kinds)


def test_what_is_passed_over_is_said(tmp_path: Path, capsys) -> None:
    path = written(tmp_path, "[federation]\nrounds = 3\n[attack]\nrepeats = 2\nlooks = 9\n")
    assert run("config", "--config", path) == 0
    assert f"{path}: passed over, not of config: [federation], [attack]\n" == capsys.readouterr().err


def test_attacks_named_in_words_take_the_place_of_those_of_the_file(tmp_path: Path, capsys) -> None:
    path = written(tmp_path, '[attack]\nattacks = ["no-such"]\n')
    assert run("attack", tmp_path, "logistic", "--config", path) == 3
    assert "is not a run folder" in capsys.readouterr().err
    assert run("attack", tmp_path, "--config", path) == 2
    assert "no attack 'no-such'" in capsys.readouterr().err


def test_a_dash_in_a_key_is_as_good_as_an_underscore(tmp_path: Path) -> None:
    for key in ("weight-decay", "weight_decay"):
        path = written(tmp_path, f"[training]\n{key} = 0.5\n")
        assert read_settings(path, COMMANDS["train"]).values == {"weight-decay": 0.5}


def test_what_a_run_wrote_can_be_passed_as_options(tmp_path: Path) -> None:
    made = config.Config(source=tmp_path, seed=7, split=config.SplitOptions(known=0.25))
    made.write(tmp_path / "config.toml")
    settings = read_settings(tmp_path / "config.toml", COMMANDS["audit"])
    assert (settings.values["seed"], settings.values["known"]) == (7, 0.25)
    assert settings.passed_over == ("source",)
    assert read_settings(tmp_path / "config.toml", COMMANDS["attack"]).passed_over == ("source", "seed", "[split]")


def test_the_record_of_tables_is_a_release_file(tmp_path: Path) -> None:
    made = config.SurveyConfig(
        source=tmp_path / "data.csv", seed=3, release=config.table_options.ReleaseOptions(margins="all")
    )
    made.write(tmp_path / "config.toml")
    with pytest.raises(UsageError, match="--release"):
        read_settings(tmp_path / "config.toml", COMMANDS["survey audit"])
    assert config.SurveyConfig.of_release(tmp_path / "config.toml", source=tmp_path / "data.csv") == made


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[split]\nknown = "x"\n', '[split] known = "x": input should be a valid number'),
        ("[split]\nknown = true\n", "[split] known = true: input should be a valid number"),
        ('[training]\nepochs = "3"\n', '[training] epochs = "3": input should be a valid integer'),
        ("[attack]\nrepeats = 2.0\n", "[attack] repeats = 2.0: input should be a valid integer"),
        ('[attack]\nattacks = "logistic"\n', '[attack] attacks = "logistic": input should be a valid array'),
        ('[attack]\naccess = "all"\n', "input should be 'outputs' or 'weights'"),
        ("[training]\nepochs = 0\n", "[training] epochs = 0: input should be greater than or equal to 1"),
        ("[data]\nworkers = -1\n", "[data] workers = -1: input should be greater than or equal to 1"),
        ('[survey]\nworlds = "many"\n', '[survey] worlds = "many": input should be a valid integer'),
        ('seed = "x"\n', 'seed = "x": input should be a valid integer'),
        ("seed = -1\n", "seed = -1: input should be greater than or equal to 0"),
        ("[trainin]\nepochs = 1\n", "unknown section [trainin]; expected [training]"),
        ("[xyz]\nepochs = 1\n", "unknown section [xyz]; expected one of data, split, training"),
        ("[training]\nepoch = 1\n", "unknown key 'epoch' in [training]; expected epochs"),
        ("[training]\nzzz = 1\n", "unknown key 'zzz' in [training]; expected one of network, form, epochs"),
        ("[attack]\nlabel = 'iq'\n", "unknown key 'label' in [attack]; expected it in [data]"),
        ("[attack]\nseed = 1\n", "unknown key 'seed' in [attack]; expected it above all sections"),
        ("epochs = 3\n", "epochs stands in no section; expected it in [training]"),
        ("sede = 3\n", "unknown key 'sede'; expected seed"),
        ("training = 1\n", "training is not a section"),
        ("[training\n", "not readable as TOML"),
    ],
)
def test_what_is_wrong_names_the_file_the_section_and_the_key(tmp_path, capsys, text, message) -> None:
    path = written(tmp_path, text)
    for command in ("audit", "survey audit", "attacks"):
        assert run(*command.split(), tmp_path / "data", tmp_path / "run", "--config", path) == 2
        out, err = capsys.readouterr()
        assert f"{path}: " in err
        assert message in err
        assert out == ""
        assert len(err.splitlines()) <= 2


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "options.toml").write_bytes(b"\xef\xbb\xbfseed = 4\r\n[split]\r\nknown = 0.25\r\n")
    assert read_settings(tmp_path / "options.toml", COMMANDS["train"]).values == {"seed": 4, "known": 0.25}
