"""Checks say which array is wrong and how; nothing is broadcast in silence."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain._validate import finite, one_number_a_scan, same_length, unique
from remembrain.errors import DataError


def test_arrays_that_belong_together_have_one_length() -> None:
    assert same_length(a=np.zeros(3), b=np.zeros((3, 2))) == 3
    with pytest.raises(DataError, match=r"different lengths: ages 3, scores 4$"):
        same_length(ages=np.zeros(3), scores=np.zeros(4))


@pytest.mark.parametrize("shape", [(), (3, 1), (1, 3)])
def test_one_number_a_scan_is_one_axis(shape: tuple[int, ...]) -> None:
    one_number_a_scan(np.zeros(3), "the score")
    with pytest.raises(DataError, match="the score has shape"):
        one_number_a_scan(np.zeros(shape), "the score")


def test_what_is_not_finite_is_counted() -> None:
    finite(np.array([[1, 2], [3, 4]]), "ages")
    finite(np.zeros(0), "ages")
    with pytest.raises(DataError, match="ages has 3 values that are NaN or infinite; expected finite numbers"):
        finite(np.array([[np.nan, np.inf], [-np.inf, 0]]), "ages")


def test_what_stands_twice_is_named() -> None:
    unique([], "people")
    unique(["a", "b"], "people")
    with pytest.raises(DataError, match="people holds b twice; expected each once"):
        unique(iter(["a", "b", "b", "a"]), "people")
