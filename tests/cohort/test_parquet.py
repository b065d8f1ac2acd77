"""Parquet files of any type, and those that say more than the memory takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_tables import frame, written

from remembrain.cohort import parquet
from remembrain.cohort.cells import read_cells
from remembrain.cohort.facts import Columns
from remembrain.cohort.table import read_table
from remembrain.errors import DataError


def test_parquet_keeps_names_that_pandas_put_into_the_index(tmp_path: Path) -> None:
    data = frame()
    cohort = read_table(written(tmp_path, data.set_index("participant_id"), "parquet"), Columns())
    assert cohort.scans.participant_id.tolist() == data.participant_id.tolist()


def parquet_of(path: Path, rows: int, text: str) -> Path:
    """One text in so many rows: in the file it stands once."""
    names = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([text]))
    pq.write_table(pa.table({"participant_id": names, "age": np.zeros(rows, dtype=np.float32)}), path)
    return path


def test_a_small_parquet_file_that_unpacks_to_more_than_the_memory_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(parquet, "memory_left", lambda: 10**8)
    for name, rows, text in (("rows", 10**6, "a"), ("texts", 10**3, "a" * 10**6)):
        path = parquet_of(tmp_path / f"{name}.parquet", rows, text)
        assert path.stat().st_size < 10**5
        with pytest.raises(DataError, match=rf"{name}\.parquet: unpacks to more than the memory takes \("):
            read_cells(path)
    assert read_cells(parquet_of(tmp_path / "few.parquet", 1000, "sub-01")).frame["participant_id"][999] == "sub-01"


def test_parquet_of_any_type_is_read_as_text(tmp_path: Path) -> None:
    data = pd.DataFrame({"a": pd.Categorical(["x", "y", None]), "b": [1.0, 2.5, np.nan], "c": [True, False, True]})
    data["d"], data["e"] = ["ä", None, ""], pd.to_datetime(["2020-01-01"] * 3)
    data.to_parquet(tmp_path / "a.parquet")
    before = pd.read_parquet(tmp_path / "a.parquet")
    found = read_cells(tmp_path / "a.parquet").frame
    assert found["b"].tolist() == ["1", "2.5", "nan"]
    assert found["c"].tolist() == ["True", "False", "True"]
    for name in "ad":
        assert found[name].tolist() == before[name].astype(object).map(str).tolist()
