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
    with pytest.raises(SystemExit):
        cli.main(["audit", "--help"])
    shown = capsys.readouterr().out
    for model in config.SECTIONS.values():
        for name in model.model_fields:
            assert f"--{name.replace('_', '-')}" in shown


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
