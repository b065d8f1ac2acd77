"""Whatever a model puts out, its head makes years of it, in the order of the scans."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from remembrain.errors import DataError
from remembrain.targets.brought.answering import Answering
from remembrain.targets.heads import Head

ROWS = pd.DataFrame({"a": [40.0, 50.0, 60.0]}, index=["x", "y", "z"])


def test_a_head_makes_years_of_rows_in_their_own_order():
    def backwards(rows):
        return pd.DataFrame({"other": 0.0, "months": rows.a * 12})[::-1]

    model = Answering("theirs", "here", backwards, estimator="something").with_head(Head(column=1, months=True))
    np.testing.assert_allclose(model.years(ROWS), ROWS.a)
    assert (model.estimator, model.notes) == (
        None,
        ("years are made of what it puts out as said: --output-column 1 --output-months",),
    )
    assert "trained on several numbers" in model.why_not_again


def test_without_a_head_what_it_puts_out_is_left_alone():
    model = Answering("theirs", "here", lambda rows: rows)
    assert model.with_head(Head()) is model
    assert model.years is model.predict
    assert Answering("theirs", "here", len, estimator=1).with_head(Head(months=True)).estimator == 1


def test_an_output_of_another_kind_names_the_model():
    model = Answering("theirs", "here", lambda _: np.zeros((3, 2))).with_head(Head(column=2))
    with pytest.raises(DataError, match=r"theirs, output: 2 numbers a scan.*--output-column from 0 to 1"):
        model.years(ROWS)
    words = Answering("theirs", "here", lambda _: ["old"] * 3).with_head(Head(months=True))
    with pytest.raises(DataError, match="theirs: answers with list"):
        words.years(ROWS)
