"""Which network is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.config import Config, DataOptions, TrainOptions
from remembrain.config.recipe import network_of
from remembrain.errors import UsageError


def test_raw_columns_are_for_networks_that_scale_by_themselves(tmp_path: Path) -> None:
    raw = Config(source=tmp_path / "table.csv", data=DataOptions(raw_columns=True))
    with pytest.raises(UsageError, match="--raw-columns is for a network that scales its columns itself, and mlp"):
        network_of(raw)
    own = raw.model_copy(update={"training": TrainOptions(network="theirs:Net")})
    assert network_of(own) == "theirs:Net"
