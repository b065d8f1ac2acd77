"""A model that answers is taken at its word only where it answers with a finite number for every scan."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.rows import NamedRows
from remembrain.errors import DataError
from remembrain.targets.brought import BlackBox
from remembrain.targets.brought.predictions import other_columns, own_columns

ROWS = NamedRows(np.array([[60.0, 61.0, 59.0, 1.0], [70.0, 71.0, 72.0, 0.0]]), ("a", "b"))


def test_the_first_columns_are_the_model_s_and_the_others_of_other_models():
    box = BlackBox("p", "a table", own_columns(2), "code", others=other_columns(2, 1))
    np.testing.assert_array_equal(box.answers(ROWS), [[60, 61], [70, 71]])
    others = box.others(ROWS)
    np.testing.assert_array_equal(others.answers, [[59], [72]])
    np.testing.assert_array_equal(others.inside, [[True], [False]])
    assert BlackBox("p", "a table", own_columns(2), "code", others=other_columns(2, 0)).others is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [(np.zeros((3, 1)), "for 2 scans"), (np.zeros(2), "for 2 scans"), (np.array([[1.0], [np.nan]]), "for 1 scans")],
)
def test_answers_that_are_none_are_refused(answer, said):
    with pytest.raises(DataError, match=said):
        BlackBox("theirs", "a function", lambda _: answer, "code").answers(ROWS)
