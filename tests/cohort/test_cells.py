"""A file to its cells as text, by its ending."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from remembrain.cohort.cells import read_cells
from remembrain.errors import DataError


def test_text_and_parquet_give_the_same_cells(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pandas reads Parquet by pyarrow, which is not installed")
    frame = pd.DataFrame({"participant_id": ["a", "b"], "x": [12.0, 2.5]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_cells(tmp_path / "t.parquet").frame.to_numpy().tolist() == [["a", "12"], ["b", "2.5"]]
    assert read_cells(tmp_path / "t.csv").frame.to_numpy().tolist() == [["a", "12.0"], ["b", "2.5"]]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.csv"):
        read_cells(tmp_path / "nothing.csv")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_heading_without_rows_is_of_nobody(tmp_path: Path, ending: str) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow", reason="pandas reads Parquet by pyarrow, which is not installed")
    frame = pd.DataFrame({"participant_id": [], "age": []})
    getattr(frame, f"to_{ending}")(tmp_path / f"t.{ending}", index=False)
    with pytest.raises(DataError, match="holds nobody; expected a row a person below its heading"):
        read_cells(tmp_path / f"t.{ending}")
