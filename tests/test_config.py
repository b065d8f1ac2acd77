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
