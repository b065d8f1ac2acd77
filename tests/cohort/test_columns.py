"""What the user says of columns, and how columns are named in messages."""

from __future__ import annotations

import pandas as pd

from remembrain.cohort.columns import Features, Reading, columns, number_of


def test_codes_are_of_one_column_or_of_all() -> None:
    reading = Reading(missing_codes=("-9", "iq=99", "a=b=7"), keep_values=("iq=-9",))
    assert reading.codes("iq") == {"-9", "99"}
    assert reading.codes("a=b") == {"-9", "7"}
    assert reading.codes("other") == {"-9"}
    assert reading.kept_values("iq") == {"-9"}
    assert reading.columns_named() == {"iq": "--keep-values", "a=b": "--missing-codes"}
    assert Reading(drop=("x",), keep=("y",)).columns_named() == {"x": "--drop", "y": "--keep"}


def test_long_lists_of_columns_are_cut() -> None:
    assert columns(["a"]) == "1 column (a)"
    assert columns([f"c{place}" for place in range(9)]) == "9 columns (c0, c1, c2, c3, c4 and 4 more)"
    assert (number_of(1), number_of(2, "missing ")) == ("1 cell", "2 missing cells")


def test_columns_leave_together_with_one_note() -> None:
    features = Features("t.csv", [2, 3], {name: pd.Series([1.0, 2.0]) for name in "abc"})
    features.leave_out(["a", "b"], "of one value, left out")
    features.leave_out([], "never said")
    assert list(features.kept) == ["c"]
    assert [str(one) for one in features.problems] == ["t.csv: 2 columns (a, b) of one value, left out"]
