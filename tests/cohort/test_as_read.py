"""A model gets the columns of a table as they are read: text, NaN and all, in its own order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from remembrain.cohort.as_read import columns_of_model, numbers_of, rows_in_file
from remembrain.cohort.cells import read_cells
from remembrain.cohort.columns import Reading
from remembrain.cohort.text_table import Origin, TextTable
from remembrain.errors import DataError

TABLE = "id;thick;scanner;visits;fast;code\n1;2,5;A;3;True;007\n2;;;4;False;012\n3;2,75;B;5;True;100\n"
FEATURES = pd.DataFrame({"b": [1.0, np.nan], "word": ["x", None], "a": [3.0, 4.0], "yes": ["True", "False"]})
WHERE = Path("t.csv")


def test_rows_are_as_in_the_file(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    rows = rows_in_file(read_cells(tmp_path / "t.csv"), np.array([2, 0, 1]), Reading())
    assert list(rows.columns) == ["id", "thick", "scanner", "visits", "fast", "code"]
    np.testing.assert_array_equal(rows["thick"], [2.75, 2.5, np.nan])
    assert rows["visits"].tolist() == [5, 3, 4]
    assert rows["visits"].dtype.kind == "i"
    assert rows["scanner"].tolist()[:2] == ["B", "A"]
    assert pd.isna(rows["scanner"][2])
    assert rows["fast"].tolist() == [True, True, False]
    assert rows["code"].tolist() == ["100", "007", "012"]


def test_each_of_several_files_has_its_decimal_sign():
    frame = pd.DataFrame({"id": ["a", "b"], "thick": ["2,5", "2,75"], "age": ["50.5", "61.25"]})
    table = TextTable(frame, (2, 3), origins={"age": Origin(Path("people.tsv"), (3, 2))})
    rows = rows_in_file(table, np.array([1, 0]), Reading())
    assert rows["thick"].tolist() == [2.75, 2.5]
    assert rows["age"].tolist() == [61.25, 50.5]


def test_a_model_s_names_choose_and_order(tmp_path):
    found = columns_of_model(FEATURES, ["a", "word", "b", "yes"], "m", WHERE)
    assert list(found.columns) == ["a", "word", "b", "yes"]
    assert pd.isna(found["word"][1])
    assert found["word"][1] is not None
    assert found["yes"].dtype == bool
    np.testing.assert_array_equal(found["b"], [1.0, np.nan])


def test_a_column_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(DataError, match=r"has no column 'wordy'.*1 more that are not there: c") as refused:
        columns_of_model(FEATURES, ["a", "wordy", "c"], "m", WHERE)
    assert "call it wordy where it is called word" in str(refused.value)


def test_without_names_the_numbers_are_counted():
    np.testing.assert_array_equal(numbers_of(FEATURES, 2, "m", WHERE), [[1, 3], [np.nan, 4]])
    with pytest.raises(DataError, match=r"columns of numbers: 2 \(b, a\), where m reads 1") as refused:
        numbers_of(FEATURES, 1, "m", WHERE)
    assert "--drop" in str(refused.value)
    with pytest.raises(DataError, match="where m reads 5"):
        numbers_of(FEATURES, 5, "m", WHERE)
    with pytest.raises(DataError, match="columns of numbers: none"):
        numbers_of(FEATURES[["word"]], None, "m", WHERE)
