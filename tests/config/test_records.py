"""Options of a run are written and read again; what is wrong in them is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain import config
from remembrain.errors import UsageError


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


def test_a_wrong_value_in_a_run_s_record_names_the_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('source = "x"\n[attack]\nrepeats = 0\n')
    with pytest.raises(UsageError, match=r"config.toml: attack.repeats: Input should be greater than or equal to 1"):
        config.Config.read(tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[release]\nmargin = 'all'\n", r"unknown key 'margin' in \[release\]; expected margins"),
        (
            "[release]\nmargins = 'all'\n[adversry]\nknown = 1\n",
            r"unknown section \[adversry\]; expected \[adversary\]",
        ),
        ("[release]\nmargins = 'all'\n[audit]\nzzz = 1\n", r"unknown key 'zzz' in \[audit\]; expected one of person"),
        ("adversary = 1\n[release]\nmargins = 'all'\n", r"adversary is not a section; expected \[adversary\]"),
        ("[release]\nmargins = 'all'\nround-to = -1\n", "release.round_to: Input should be greater than or equal to 0"),
    ],
)
def test_what_is_wrong_in_a_release_file_is_named_with_what_is_near(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "release.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=rf"release\.toml: {message}"):
        config.SurveyConfig.of_release(path, source=path, adversary=config.table_options.AdversaryOptions(known=0.5))


def test_what_is_said_on_the_command_line_counts_for_more_than_a_release_file(tmp_path: Path) -> None:
    path = tmp_path / "release.toml"
    path.write_text("seed = 3\n[release]\nmargins = 'all'\nround-to = 5\nsuppress-below = 4\n[sweep]\nknown = [0.5]\n")
    typed = config.table_options.ProtectionOptions(round_to=0)
    made = config.SurveyConfig.of_release(path, source=path, release=typed, sweep={"sample": (0.5,)}, seed=None)
    assert (made.seed, made.release.round_to, made.release.suppress_below) == (3, 0, 4)
    assert made.sweep == {"known": (0.5,), "sample": (0.5,)}
