"""People in a table, for tests of the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = ["participant_id\tage\tsex\tsite\ta\tb\tc"]
    for place in range(210):
        numbers = "\t".join(f"{value:.4f}" for value in rng.normal(size=3))
        rows.append(f"sub-{place:03d}\t{rng.uniform(45, 80):.1f}\t{'FM'[place % 2]}\tA\t{numbers}")
    path = tmp_path / "people.tsv"
    path.write_text("\n".join(rows) + "\n")
    return path
