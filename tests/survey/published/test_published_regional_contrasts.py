"""Directions of contrasts, and between which ends d lies by all that is told of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.survey.published.regional_contrasts import Told, effect_of, signs_of, told_as
from remembrain.survey.published.regional_headings import Kind

RNG = np.random.default_rng(5)
GROUPS = [
    RNG.normal(size=(size, 6)) + shift
    for size, shift in ((30, np.zeros(6)), (45, np.array([0.2, -0.3, 0.4, 0.2, -0.5, 0.1])))
]
PEOPLE = np.tile([[30.0], [45.0]], 6)
T = stats.ttest_ind(GROUPS[1], GROUPS[0])
D = T.statistic * np.sqrt(1 / 30 + 1 / 45)
TITLES = ("control", "patient")


def told(columns: dict[Kind, np.ndarray], places: int = 2, *, means: bool = True, sds: bool = True) -> Told:
    """Return what a table of so many decimals says."""
    nan, half = np.full((2, 6), np.nan), np.full((2, 6), 0.5 * 10.0**-places)
    numbers = {kind: np.stack([value.round(places), half[0]]) for kind, value in columns.items()}
    mean = np.stack([one.mean(axis=0) for one in GROUPS]).round(places) if means else nan
    sd = np.stack([one.std(axis=0, ddof=1) for one in GROUPS]).round(places) if sds else nan
    return Told([f"r{place}" for place in range(6)], mean, half, sd, half, PEOPLE, numbers)


def test_ends_hold_what_is_true_and_are_narrow() -> None:
    one = told({"d": D, "t": T.statistic})
    for ends in (one.ends("d"), one.ends("t"), one.ends_of_means()):
        assert (ends[0] <= D).all()
        assert (ends[1] >= D).all()
        assert np.ptp(ends, axis=0).max() < 0.06
    assert np.isinf(told({}, means=False).ends_of_means()).all()


def test_what_is_told_one_way_is_told_another() -> None:
    np.testing.assert_allclose(effect_of(T.statistic, "t", PEOPLE), D)
    np.testing.assert_allclose(told_as(D, "d", "t", PEOPLE), T.statistic)
    np.testing.assert_allclose(told_as(D, "d", "p", PEOPLE), T.pvalue)
    np.testing.assert_allclose(effect_of(D * (1 - 3 / (4 * 73 - 1)), "g", PEOPLE), D, rtol=1e-4)
    unknown = np.full((2, 6), np.nan)
    assert np.isnan(told_as(T.statistic, "t", "d", unknown)).all()
    np.testing.assert_array_equal(told_as(T.statistic, "t", "t", unknown), T.statistic)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("sds", [True, False])
def test_means_beside_a_contrast_tell_its_direction(way: int, sds: bool) -> None:
    signs = signs_of(told({"d": way * D}, sds=sds), {"d": 0}, 0, TITLES)
    assert not signs.problems
    np.testing.assert_array_equal(signs.sign["d"], np.full(6, way))


def test_one_column_tells_that_of_another_and_both_have_to_fit() -> None:
    signs = signs_of(told({"d": -D, "t": T.statistic}, means=False), {"d": 0, "t": 1}, 0, TITLES)
    assert {kind: sign[0] for kind, sign in signs.sign.items()} == {"d": -1, "t": 1}
    wrong = signs_of(told({"d": 1.3 * D, "t": T.statistic}, means=False), {"d": 1, "t": 1}, 0, TITLES)
    assert wrong.problems[0].startswith("t of r0 is ")
    assert signs_of(told({"d": 1.3 * D}), {"d": 0}, 0, TITLES).problems[0].startswith("d of r")
    assert not signs_of(told({"d": 1.3 * D}), {"d": 1}, 0, TITLES, plain=False).problems


def test_sizes_without_a_sign_are_given_that_of_the_means() -> None:
    assert (D < 0).any()
    signs = signs_of(told({"d": np.abs(D)}), {"d": 0}, 0, TITLES)
    assert signs.notes == ["its d have no sign, and are given that of what stands beside them"]
    np.testing.assert_allclose(signs.sign["d"] * np.abs(D), D, atol=1e-3)


def test_a_direction_that_nothing_tells_is_asked_for() -> None:
    nothing = told({"d": D}, means=False)
    assert "whether d is patient - control or the other way round" in signs_of(nothing, {"d": 0}, 0, TITLES).problems[0]
    assert signs_of(nothing, {"d": 0}, -1, TITLES).notes == [
        "d is read as control - patient, as is declared, and turned"
    ]
    assert "another direction" in signs_of(told({"d": D}), {"d": 0}, -1, TITLES).problems[0]
