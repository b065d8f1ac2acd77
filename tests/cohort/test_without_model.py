"""What is known of scans in memory before a model is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from made_cohorts import facts

from remembrain.cohort.without_model import facts_of_scans, names_of, unasked

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
