"""What was found of a model's answers is kept beside them, and a rerun reads the rest as it read those before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remembrain.errors import DataError
from remembrain.run import Key
from remembrain.targets.brought.answering import Answering
from remembrain.targets.brought.kept_answers import Kept, answers_kept
from remembrain.targets.heads import Head

SCORES = np.array([[-2.0, 1.0, 0.5], [0.1, 0.4, 2.0], [3.0, 0.2, 0.1], [0.0, 2.0, 9.0]])
LABELS = [f"sub-{place}" for place in range(4)]


def asked(run: Path, dies_at: int | None) -> np.ndarray:
    """Ask a model of scores, one scan after another; it dies at a scan."""

    def predict(scans: np.ndarray) -> np.ndarray:
        if scans[0, 0] == dies_at:
            raise RuntimeError("killed")
        return SCORES[scans[:, 0].astype(int)]

    kept = Kept(run, Key.of(model="theirs"), lambda _: None)
    model = Answering("theirs", "here", predict).with_head(Head("bins", centres=(20, 50, 80)))
    scans = np.arange(4.0)[:, None]
    return answers_kept(model, scans, LABELS, 1, kept, lambda: kept.folder.mkdir(parents=True, exist_ok=True))


def test_a_rerun_reads_answers_as_those_that_are_kept(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="killed"):
        asked(tmp_path, dies_at=2)
    chances = np.exp(SCORES) / np.exp(SCORES).sum(1, keepdims=True)
    np.testing.assert_allclose(asked(tmp_path, None), chances @ [20, 50, 80])


def test_without_it_what_is_left_may_be_either(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="killed"):
        asked(tmp_path, dies_at=2)
    for file in tmp_path.rglob("reading-*.json"):
        file.unlink()
    with pytest.raises(DataError, match="--output-form"):
        asked(tmp_path, None)
