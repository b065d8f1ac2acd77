"""What runs come to, read and checked."""

from __future__ import annotations

import pytest

import example_runs
from remembrain.errors import DataError
from remembrain.report import write as report
from remembrain.report.reading import read_evidence
from remembrain.run import RunFolder


def test_evidence_of_before_it_said_so_is_quoted_at_the_lowest_rate_that_tells_anything(tmp_path):
    def older(evidence):
        for attack in evidence["attacks"]:
            attack.pop("quoted_fpr", None)
            attack["tpr_at_fpr"] = {
                "0.001": {"value": 0.01, "low": 0.005, "high": 0.1},  # was never quoted
                "0.01": {"value": 0.02, "low": 0.0, "high": 0.2},
                "0.1": {"value": 0.3, "low": 0.2, "high": 0.4},
            }

    run = RunFolder.open(example_runs.everything(tmp_path / "run", older))
    assert {attack.quoted_fpr for attack in read_evidence(run).attacks} == {0.1}


def test_a_part_of_the_wrong_kind_is_refused(tmp_path):
    def spoil(evidence):
        evidence["exposure"]["cells"] = "many"

    with pytest.raises(DataError, match=r"exposure\.cells"):
        report.write([example_runs.everything(tmp_path / "run", spoil)])
