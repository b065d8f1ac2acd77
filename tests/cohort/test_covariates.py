"""What the blind baseline sees: facts as numbers, and nobody's own column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import facts

from remembrain.cohort.covariates import FEWEST_SCANS, covariates
from remembrain.types import Scans


def of(sex: str, site: str) -> Scans:
    """Scans whose sex and site are the letters of two words."""
    count = len(sex)
    names = np.array([f"sub-{place}" for place in range(count)])
    return Scans(names, np.full(count, ""), 50.0 + np.arange(count), np.array(list(sex)), np.array(list(site)))


def test_facts_become_columns_of_numbers() -> None:
    scans = of("FMFMFMFMFM", "AAAAABBBBB")
    statistics = np.arange(20.0).reshape(10, 2)
    matrix, names = covariates(scans, statistics, ("mean", "sd"))
    assert names == ("age", "sex=F", "sex=M", "site=A", "site=B", "mean", "sd")
    expected = np.column_stack(
        [50 + np.arange(10), [1, 0] * 5, [0, 1] * 5, [1] * 5 + [0] * 5, [0] * 5 + [1] * 5, statistics]
    )
    np.testing.assert_array_equal(matrix, expected)
    assert matrix.dtype == float


def test_levels_of_few_scans_share_a_column() -> None:
    scans = of("F" * 12, "AAAAABBBBCDE")
    matrix, names = covariates(scans, np.zeros((12, 0)), ())
    assert names == ("age", "sex=F", "site=A", "site=rare")
    np.testing.assert_array_equal(matrix[:, 3], [0] * 5 + [1] * 7)


def test_levels_that_are_all_rare_are_one() -> None:
    matrix, names = covariates(of("FMFM", "ABCD"), np.zeros((4, 0)), ())
    assert names == ("age", "sex=rare", "site=rare")
    np.testing.assert_array_equal(matrix[:, 1:], np.ones((4, 2)))


@pytest.mark.parametrize("columns", [0, 1, 3])
def test_statistics_follow_the_facts_unchanged(columns: int) -> None:
    statistics = np.random.default_rng(0).normal(size=(30, columns)).astype(np.float32)
    matrix, names = covariates(facts(30), statistics, [f"s{place}" for place in range(columns)])
    assert matrix.shape == (30, len(names))
    np.testing.assert_array_equal(matrix[:, len(names) - columns :], statistics)


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 60), st.integers(0, 1000))
def test_each_scan_has_one_sex_and_one_site(people: int, seed: int) -> None:
    scans = facts(people, seed=seed)
    matrix, names = covariates(scans, np.zeros((people, 0)), ())
    np.testing.assert_array_equal(matrix[:, 0], scans.age)
    for title in ("sex", "site"):
        mine = [place for place, name in enumerate(names) if name.startswith(f"{title}=")]
        np.testing.assert_array_equal(matrix[:, mine].sum(axis=1), 1)
        own = [place for place in mine if not names[place].endswith("=rare")]
        assert (matrix[:, own].sum(axis=0) >= FEWEST_SCANS).all()


def test_the_number_of_scans_is_a_fact_where_people_differ_in_it() -> None:
    twice = np.array([0, 0, *range(1, 12)])
    scans = facts(12).take(twice)
    matrix, names = covariates(scans, np.zeros((13, 0)), ())
    np.testing.assert_array_equal(matrix[:, names.index("scans of the person")], [2, 2, *[1] * 11])
    assert "scans of the person" not in covariates(facts(12), np.zeros((12, 0)), ())[1]


def test_another_order_of_scans_is_another_order_of_rows() -> None:
    scans, order = facts(40), np.random.default_rng(1).permutation(40)
    statistics = np.arange(40.0)[:, None]
    matrix, names = covariates(scans, statistics, ("mean",))
    moved, again = covariates(scans.take(order), statistics[order], ("mean",))
    np.testing.assert_array_equal(moved, matrix[order])
    assert again == names
