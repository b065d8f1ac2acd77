"""How a federation begins: nothing of another kind is written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from remembrain.errors import DataError
from remembrain.federation.archive import Archive
from remembrain.federation.run_folder import insist
from remembrain.run import Key, RunFolder, write_json, write_text


def test_a_model_that_no_federation_trained_is_not_written_over(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", {})
    write_text(run.target / "target.toml", "")
    write_json(run.evidence, {})
    with pytest.raises(DataError, match="holds a model that no federation trained"):
        insist(run, Archive(run.path / "rounds"), Key.of(seed=1), 3)
    assert run.evidence.is_file()
