"""Options are defined once: --help, the TOML template and the run's own record say the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from remembrain import cli, config
from remembrain.errors import UsageError


def test_the_template_holds_every_option_with_its_default_and_reads_back() -> None:
    text = config.template()
    uncommented = "\n".join(
        re.sub(r"^# (?=\w+ = )", "", line) for line in text.splitlines() if not line.endswith("# unset")
    )
    found = tomllib.loads(uncommented)
    for section, model in config.SECTIONS.items():
        for name, field in model.model_fields.items():
            assert re.search(rf"^# {re.escape(field.description or '?')}$", text, re.MULTILINE), name
            if field.default is not None:
                plain = list(field.default) if isinstance(field.default, tuple) else field.default
                assert found[section][name] == plain
            else:
                assert f"# {name} =    # unset" in text


def test_every_option_of_the_template_stands_in_the_help(capsys: pytest.CaptureFixture) -> None:
    shown = _help(capsys)
    for model in config.SECTIONS.values():
        for name in model.model_fields:
            assert f"--{name.replace('_', '-')}" in shown


def test_every_option_of_the_help_stands_in_the_template(capsys: pytest.CaptureFixture) -> None:
    options = set(re.findall(r"^│ [* ]*--(?!no-)([a-z-]+)", _help(capsys), re.MULTILINE))
    assert {"seed", "label", "weights", "fail-above"} <= options
    named = set(re.findall(r"^# (\w+) = ", config.template(), re.MULTILINE))
    assert {name.replace("-", "_") for name in options} == named


def test_no_two_sections_have_one_key() -> None:
    keys = [name for model in config.SECTIONS.values() for name in model.model_fields]
    assert len(set(keys)) == len(keys)


def test_the_template_uncommented_and_filled_in_is_read_as_options(tmp_path: Path) -> None:
    assert set(config.flat_options(_written(tmp_path, config.template()))) == set()
    lines = [re.sub(r"^# (?=\w+ = )", "", line) for line in config.template().splitlines()]
    filled = "\n".join(line.replace("   # unset", '"x"') for line in lines)
    found = config.flat_options(_written(tmp_path, filled))
    models = config.SECTIONS.values()
    fields = {name.replace("_", "-"): field for model in models for name, field in model.model_fields.items()}
    assert found.keys() == {"seed", *fields}
    for name, field in fields.items():
        plain = list(field.default) if isinstance(field.default, tuple) else field.default
        assert found[name] == ("x" if plain is None else plain)


def test_a_dash_in_a_key_is_as_good_as_an_underscore(tmp_path: Path) -> None:
    for key in ("weight-decay", "weight_decay"):
        assert config.flat_options(_written(tmp_path, f"[training]\n{key} = 0.5\n")) == {"weight-decay": 0.5}


def test_what_a_run_wrote_can_be_passed_as_options(tmp_path: Path) -> None:
    made = config.Config(source=tmp_path, seed=7, split=config.SplitOptions(known=0.25))
    made.write(tmp_path / "config.toml")
    found = config.flat_options(tmp_path / "config.toml")
    assert (found["seed"], found["known"]) == (7, 0.25)
    assert "source" not in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[split]\nknown = "x"\n', "--known: input should be a valid number"),
        ('[attack]\naccess = "all"\n', "--access: input should be 'outputs' or 'weights'"),
        ("[training]\nepochs = 0\n", "--epochs: input should be greater than or equal to 1"),
        ("[data]\nworkers = -1\n", "--workers: input should be greater than or equal to 1"),
        ('seed = "x"\n', 'unable to convert "x" into int'),
        ("seed = -1\n", "--seed: input should be greater than or equal to 0"),
    ],
)
def test_a_wrong_value_is_two_lines_and_exit_code_2(tmp_path: Path, capsys, text: str, message: str) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(SystemExit) as done:
        cli.main(["audit", str(tmp_path / "data"), str(tmp_path / "run"), "--config", str(_written(tmp_path, text))])
    out, err = capsys.readouterr()
    assert done.value.code == 2
    assert message in err
    assert (out, len(err.splitlines())) == ("", 2)


def _written(folder: Path, text: str) -> Path:
    path = folder / "options.toml"
    path.write_text(text)
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    source = tmp_path / "people"
    made = config.Config.model_validate(
        {
            "source": source,
            "seed": 3,
            "data": {"drop": ["a", "b"], "store": tmp_path / "store"},
            "split": {"members": 100},
            "training": {"network": "mlp", "learning_rate": 1e-4},
            "attack": {"attacks": ["logistic"], "access": "outputs"},
        }
    )
    made.write(tmp_path / "config.toml")
    assert config.Config.read(tmp_path / "config.toml") == made


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[trainin]\nepochs = 1\n", r"unknown section \[trainin\]; expected one of data, split, training"),
        ("[training]\nepoch = 1\n", r"unknown key 'epoch' in \[training\]; expected one of network, form, epochs"),
        ("training = 1\n", r"training is not a section"),
        ("[training\n", r"not readable as TOML .*line 1"),
    ],
)
def test_a_wrong_file_names_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "options.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=message) as caught:
        config.flat_options(path)
    assert str(path) in str(caught.value)


def test_a_wrong_value_in_a_run_s_record_names_the_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('source = "x"\n[attack]\nrepeats = 0\n')
    with pytest.raises(UsageError, match=r"config.toml: attack.repeats: Input should be greater than or equal to 1"):
        config.Config.read(tmp_path / "config.toml")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "options.toml").write_bytes(b"\xef\xbb\xbfseed = 4\r\n[split]\r\nknown = 0.25\r\n")
    assert config.flat_options(tmp_path / "options.toml") == {"seed": 4, "known": 0.25}


def _help(capsys: pytest.CaptureFixture) -> str:
    """Return the help of every command that takes options of a file."""
    for command in ("audit", "federate"):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
    return capsys.readouterr().out
