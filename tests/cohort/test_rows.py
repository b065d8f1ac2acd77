"""Rows are read one at a time, and named rows are told apart by their names alone."""

from __future__ import annotations

import numpy as np

from remembrain.cohort.rows import NamedRows
from remembrain.types import Inputs


def test_rows_are_inputs_by_name():
    rows = NamedRows(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]), ("a", "b", "c"))
    inputs: Inputs = rows
    assert (len(inputs), inputs.shape, list(inputs.keys())) == (3, (2,), ["a", "b", "c"])
    np.testing.assert_array_equal(inputs[1], [3.0, 4.0])
