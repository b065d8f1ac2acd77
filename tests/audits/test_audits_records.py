"""What names people: scores in full precision, and probabilities that go with the evidence that they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from remembrain.audits.records import write_probabilities, write_scores
from remembrain.run import RunFolder
from remembrain.types import Scores

NAMES = np.array(["sub-a", "sub-a", "sub-b"])
OF_SCANS = Scores(
    "logistic", 1, NAMES, np.array(["ses-1", "ses-2", ""]), np.array([True, True, False]), np.array([0.1, 1 / 3, -2.0])
)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, dtype={"score": str, "person_score": str})


def test_every_score_of_every_scan_is_written_as_it_is(tmp_path: Path) -> None:
    write_scores(tmp_path / "scores.tsv", {"logistic": [OF_SCANS]})
    rows = read(tmp_path / "scores.tsv")
    assert list(rows.columns) == list(Scores.columns)
    assert rows.score.tolist() == ["0.1", repr(1 / 3), "-2.0"]
    assert rows.session_id.tolist() == ["ses-1", "ses-2", "n/a"]
    assert rows.member.tolist() == [1, 1, 0]


def test_a_person_s_joint_score_stands_at_each_of_their_scans(tmp_path: Path) -> None:
    people = Scores(
        "logistic", 1, np.array(["sub-a", "sub-b"]), np.array(["", ""]), np.array([True, False]), np.array([0.7, -2.0]),
        scans=OF_SCANS,
    )  # fmt: skip
    write_scores(tmp_path / "scores.tsv", {"logistic": [people]})
    rows = read(tmp_path / "scores.tsv")
    assert rows.person_score.tolist() == ["0.7", "0.7", "-2.0"]
    assert rows.score.tolist() == ["0.1", repr(1 / 3), "-2.0"]


def test_probabilities_of_other_evidence_are_removed(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.restricted.mkdir()
    (run.restricted / "probabilities.tsv").write_text("of before")
    write_probabilities(run, None)
    assert not list(run.restricted.iterdir())
