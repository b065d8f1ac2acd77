"""Cells as text, and the file that each column is of."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from remembrain.cohort.text_table import Origin, TextTable


def test_rows_that_repeat_count_once_and_lines_stay_theirs() -> None:
    table = TextTable(pd.DataFrame({"a": ["1", "1", "2"], "b": ["x", "x", "x"]}), (2, 4, 7), ("said",))
    once = table.distinct()
    assert once.frame["a"].tolist() == ["1", "2"]
    assert once.lines == (2, 7)
    assert once.notes == ("said", "has 1 rows that repeat another in every cell, and count once")
    assert once.distinct() is once


def test_a_column_is_of_the_first_file_unless_it_was_joined() -> None:
    other = Origin(Path("people.tsv"), (9,))
    table = TextTable(pd.DataFrame({"a": ["1"], "age": ["50"]}), (2,), origins={"age": other})
    assert table.origin("age", Path("first.tsv")) is other
    assert table.origin("a", Path("first.tsv")) == Origin(Path("first.tsv"), (2,))
