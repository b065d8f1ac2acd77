"""What runs come to, read and checked."""

from __future__ import annotations

import example_runs
import pytest

from remembrain.errors import DataError
from remembrain.report import write as report


def test_a_part_of_the_wrong_kind_is_refused(tmp_path):
    def spoil(evidence):
        evidence["exposure"]["cells"] = "many"

    with pytest.raises(DataError, match=r"exposure\.cells"):
        report.write([example_runs.everything(tmp_path / "run", spoil)])
