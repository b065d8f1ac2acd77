"""What is written of a training is read again as it was."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from remembrain.targets.history import COLUMNS, read_history, write_history


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    errors = {"mae_member": 1.5, "mae_nonmember": 2.25, "mae_validation": math.nan}
    rows = [{"epoch": epoch, "loss": 9.0 / epoch, **errors, "epsilon": 0.5 * epoch} for epoch in (1, 2)]
    write_history(rows, tmp_path / "training.tsv")
    for epoch in (1, 2):
        np.save(tmp_path / f"epoch-{epoch:03d}.npy", np.full(3, float(epoch), dtype=np.float32))
    history, predicted = read_history(tmp_path / "training.tsv", tmp_path)
    assert list(history[0]) == [*COLUMNS, "epsilon"]
    assert [row["loss"] for row in history] == [9.0, 4.5]
    assert history[1]["mae_validation"] is None
    assert history[1]["epsilon"] == 1.0
    np.testing.assert_array_equal(predicted, [[1, 1, 1], [2, 2, 2]])


def test_a_target_that_was_not_trained_here_has_none(tmp_path: Path) -> None:
    history, predicted = read_history(tmp_path / "training.tsv", tmp_path)
    assert (history, predicted.shape) == ([], (0, 0))
