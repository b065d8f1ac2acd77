"""Rows of tables as targets read them: nobody but members shapes the encoding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import REGIONS, cohort_of, frame

from remembrain.cohort.encode import encode
from remembrain.types import Inputs


def test_numbers_are_scaled_by_members_alone(tmp_path: Path) -> None:
    cohort = cohort_of(tmp_path, frame())
    members = np.arange(0, 30, 2)
    encoded = encode(cohort, members)
    raw = cohort.features["region1"].to_numpy()
    by_hand = (raw - raw[members].mean()) / raw[members].std()
    np.testing.assert_allclose(encoded.values[:, encoded.columns.index("region1")], by_hand, rtol=1e-5, atol=1e-6)


def test_missing_numbers_are_the_members_median_and_marked(tmp_path: Path) -> None:
    data = frame(5).assign(region0=[1.0, 2.0, 9.0, np.nan, 50.0])
    encoded = encode(cohort_of(tmp_path, data), np.array([0, 1, 2, 3]))
    # members' median is 2; of 1, 2, 9, 2 the mean is 3.5 and the SD sqrt(10.25)
    expected = (np.array([1.0, 2.0, 9.0, 2.0, 50.0]) - 3.5) / np.sqrt(10.25)
    expected[4] = 10  # cut at 10 SD
    np.testing.assert_allclose(encoded.values[:, encoded.columns.index("region0")], expected, rtol=1e-6)
    assert encoded.values[:, encoded.columns.index("region0 missing")].tolist() == [0, 0, 0, 1, 0]


def test_text_becomes_a_column_for_each_level_that_members_have(tmp_path: Path) -> None:
    data = frame(6).assign(site=["A", "B", "A", "n/a", "C", "B"])
    encoded = encode(cohort_of(tmp_path, data), np.array([0, 1, 2, 3]))
    names = [name for name in encoded.columns if name.startswith("site")]
    assert names == ["site=A", "site=B", "site missing"]
    columns = [encoded.columns.index(name) for name in names]
    assert encoded.values[:, columns].tolist() == [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
        [0, 0, 0],
        [0, 1, 0],
    ]


def test_a_column_that_no_member_has_is_zero(tmp_path: Path) -> None:
    data = frame().assign(region0=[np.nan] * 20 + list(range(10)), region1=[7.0] * 20 + list(range(10)))
    encoded = encode(cohort_of(tmp_path, data), np.arange(20))
    assert (encoded.values[:, encoded.columns.index("region0")] == 0).all()
    assert (encoded.values[:20, encoded.columns.index("region1")] == 0).all()
    assert np.isfinite(encoded.values).all()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_a_nonmember_has_changes_nobody_else_s_row(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("t")
    before = frame(40).astype({"site": object})
    if data.draw(st.booleans(), "a member has gaps"):
        before.loc[3, ["region0", "site"]] = [np.nan, ""]
    members, stranger = np.arange(25), data.draw(st.integers(25, 39))
    after = before.copy()
    changed = data.draw(st.sets(st.sampled_from(REGIONS), min_size=1))
    for name in changed:
        after.loc[stranger, name] = data.draw(st.floats(-1e6, 1e6) | st.just(np.nan))
    after.loc[stranger, "site"] = data.draw(st.sampled_from(["A", "C", "Z", ""]))
    one, two = (encode(cohort_of(folder, table), members) for table in (before, after))
    assert one.columns == two.columns
    others = np.arange(40) != stranger
    np.testing.assert_array_equal(one.values[others], two.values[others])
    assert np.isfinite(two.values).all()


def test_rows_are_read_as_the_target_reads_scans(tmp_path: Path) -> None:
    data = pd.concat([frame(), frame()]).assign(session_id=["1"] * 30 + ["2"] * 30)
    encoded = encode(cohort_of(tmp_path, data), np.arange(30))
    assert isinstance(encoded, Inputs)
    assert encoded.shape == (len(encoded.columns),)
    assert len(encoded) == 60
    assert encoded[3].shape == encoded.shape
    assert encoded[3].dtype == np.float32
    assert encoded.keys()[:30] == encoded.keys()[30:]
    assert len(set(encoded.keys())) == 30


def test_taking_some_keeps_rows_beside_their_facts(tmp_path: Path) -> None:
    data = frame()
    cohort = cohort_of(tmp_path, data).take(np.array([7, 2]))
    assert cohort.scans.participant_id.tolist() == ["p007", "p002"]
    assert cohort.features["region0"].tolist() == data["region0"].iloc[[7, 2]].tolist()
    encode(cohort, np.array([0]))


# What the blind baseline sees


def test_statistics_of_a_row_are_what_the_formula_says(tmp_path: Path) -> None:
    data = frame(5)[["participant_id", "age"]]
    data = data.assign(a=[0.0, 1, 2, 3, 100], b=[np.nan, 0, 4, 8, 12], c=["x", "x", "y", "y", ""])
    encoded = encode(cohort_of(tmp_path, data), np.arange(5))
    a = np.minimum(np.abs(np.array([0.0, 1, 2, 3, 100]) - 2) / (1 * 1.4826), 20)
    b = np.array([0, 6, 2, 2, 6]) / (4 * 1.4826)
    expected = np.column_stack([[1 / 3, 0, 0, 0, 1 / 3], (a + b) / 2, np.maximum(a, b)])
    np.testing.assert_allclose(encoded.statistics, expected)
    assert len(encoded.statistic_names) == 3


def test_statistics_are_there_without_numbers_and_without_values(tmp_path: Path) -> None:
    words = frame()[["participant_id", "age", "sex"]]
    np.testing.assert_array_equal(encode(cohort_of(tmp_path, words), np.arange(30)).statistics, np.zeros((30, 3)))
    sparse = frame().assign(region0=[np.nan] * 20 + list(range(10)))
    some = cohort_of(tmp_path, sparse).take(np.arange(20))
    assert np.isfinite(encode(some, np.arange(10)).statistics).all()


def test_raw_columns_reach_the_network_as_they_are(tmp_path: Path) -> None:
    data = frame().drop(columns=["sex", "site"]).assign(offset=1.0)
    encoded = encode(cohort_of(tmp_path, data, raw=True), np.arange(5))
    assert encoded.columns == (*REGIONS, "offset")
    np.testing.assert_array_equal(encoded.values, data[[*REGIONS, "offset"]].to_numpy(dtype=np.float32))
