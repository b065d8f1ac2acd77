"""What is known of scans in memory before a model is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made_cohorts import facts
from scipy.sparse import coo_array, csr_matrix

from remembrain.cohort.without_model import as_given, facts_of_scans, names_of, unasked
from remembrain.errors import DataError

SCANS = facts(20)
MEASURES = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)


def test_rows_of_which_nothing_was_answered_have_a_name_and_no_number():
    rows = unasked(["a", "b"])
    assert (len(rows), rows.shape) == (2, (0,))
    assert list(rows.keys()) == list(unasked(["a", "b"]).keys())
    assert len(set(rows.keys())) == 2


def test_an_array_of_columns_says_the_same_as_the_frame_of_them():
    of_frame = facts_of_scans(pd.DataFrame(MEASURES), SCANS)
    np.testing.assert_array_equal(facts_of_scans(MEASURES, SCANS), of_frame)
    np.testing.assert_array_equal(of_frame[:, 0], SCANS.age)
    # age, two sexes, three sites or fewer; then three statistics of a row and its three columns
    alone = facts_of_scans(["a.nii"] * 20, SCANS)
    assert of_frame.shape[1] == alone.shape[1] + 6


def test_volumes_are_measured_and_what_only_a_model_reads_is_not():
    volumes = np.random.default_rng(0).random((20, 1, 4, 4, 4)).astype(np.float32)
    assert facts_of_scans(volumes, SCANS).shape[1] > facts_of_scans(["x"] * 20, SCANS).shape[1]


def test_scans_are_told_apart_by_their_content_where_it_is_at_hand():
    again = MEASURES.copy()
    assert names_of(MEASURES, ["x"] * 20) == names_of(again, ["y"] * 20)
    again[3] += 1
    assert [one != other for one, other in zip(names_of(MEASURES, ()), names_of(again, ()), strict=True)].index(
        True
    ) == 3
    assert len(set(names_of(pd.DataFrame(MEASURES), ()))) == 20
    assert names_of(["x.nii", "x.nii"], ["sub-1", "sub-2"]) == ("sub-1 x.nii", "sub-2 x.nii")


PATHS = [f"/scans/{place}.nii" for place in range(3)]


@pytest.mark.parametrize("given", [PATHS, np.array(PATHS), np.array(PATHS, dtype=object), pd.Series(PATHS).to_numpy()])
def test_paths_are_a_list_however_they_come(given) -> None:
    assert as_given(given, 3) == PATHS


@pytest.mark.parametrize(
    "given", [np.ones((3, 2)), np.ones((3, 2), dtype=object), np.ones(3), pd.DataFrame({"a": [1, 2, 3]}), (1, 2, 3)]
)
def test_what_can_be_taken_row_by_row_is_left_as_it_is(given) -> None:
    assert as_given(given, 3) is given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.ones((4, 2)), "X has 4 scans, and there are 3 ages"),
        (pd.DataFrame({"a": [1]}), "X has 1 scans"),
        (PATHS * 2, "X has 6 scans"),
        (csr_matrix(np.ones((3, 2))), r"X is a csr_matrix, which is sparse; .*\n  try: X.toarray\(\)"),
        (coo_array(np.ones((3, 2))), "which is sparse"),
        ({"a": [1, 2, 3]}, r"X is a dict; .*\n  try: pandas.DataFrame\(X\)"),
        (iter(PATHS), r"X is a list_iterator; .*\n  try: list\(X\)"),
        (zip(PATHS, strict=True), "X is a zip"),
        (set(PATHS), "X is a set"),
        ("abc", "X is a str"),
        (None, "X is a NoneType"),
        (3, "X is a int"),
        (np.array(3.0), "X is a ndarray"),
        (np.zeros(3, dtype=[("a", float)]), "X is an array of"),
        (np.zeros(3, dtype="M8[D]"), "X is an array of datetime64"),
    ],
)
def test_what_is_no_row_a_scan_is_one_message(given, said: str) -> None:
    with pytest.raises(DataError, match=said):
        as_given(given, 3)


def test_objects_are_told_apart_by_what_they_say_and_not_by_where_they_lie() -> None:
    rows = np.array([["a", 1.5], ["b", 2.5], ["a", 1.5]], dtype=object)
    first, other, again = names_of(rows, ["x", "y", "z"])
    assert first == again != other
    assert names_of(rows.copy(), ["x", "y", "z"]) == (first, other, again)
