"""Small tables of regional measures for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.columns import Reading
from remembrain.cohort.table import Columns, TableCohort, read_table

REGIONS = [f"region{place}" for place in range(6)]


def frame(people: int = 30, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(rng.normal(3, 2, (people, len(REGIONS))).round(6), columns=REGIONS)
    made.insert(0, "participant_id", [f"p{place:03d}" for place in range(people)])
    made.insert(1, "age", rng.uniform(45, 80, people).round(2))
    made.insert(2, "sex", rng.choice(["F", "M"], people))
    made.insert(3, "site", rng.choice(["A", "B", "C"], people))
    return made


def written(folder: Path, data: pd.DataFrame, ending: str = "tsv") -> Path:
    path = folder / f"table.{ending}"
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="pandas reads Parquet by pyarrow, which is not installed")
        data.to_parquet(path)
    else:
        data.to_csv(path, sep={"csv": ",", "txt": ";"}.get(ending, "\t"), index=False)
    return path


def cohort_of(folder: Path, data: pd.DataFrame, label: str = "age", person=None, session=None, **said) -> TableCohort:
    return read_table(written(folder, data), Columns(label, person=person, session=session), Reading(**said))


def said(cohort: TableCohort, *, fatal: bool) -> list[str]:
    return [str(problem) for problem in cohort.problems if problem.fatal is fatal]
