"""Curves: the mean ROC, its null band against simulation, and densities that show nobody."""

import json

import numpy as np
import pytest
from scipy import integrate
from simulated_audits import noise, simulate

from remembrain.errors import DataError
from remembrain.evidence.curves import density, null_band, roc_curve
from remembrain.evidence.metrics import tpr_at_fpr
from remembrain.evidence.people import join
from remembrain.record.written import as_json


def test_the_roc_is_the_mean_of_the_repeats_at_each_rate():
    people = join(simulate(np.random.default_rng(0), 80, 3.0, two_scans=True).repeats)
    curve = roc_curve(people)
    apart = np.diff([0, *curve.fpr[:-1]]) * 80
    assert apart.min() >= 10 - 1e-9  # non-members between any two points
    assert curve.fpr[-2] * 80 <= 70
    assert (curve.fpr[-1], curve.tpr[-1], curve.band_low[-1], curve.band_high[-1]) == (1, 1, 1, 1)
    for fpr, tpr in list(zip(curve.fpr, curve.tpr, strict=True))[:-1]:
        expected = np.mean([tpr_at_fpr(one.member, one.score, fpr) for one in people.repeats])
        assert tpr == pytest.approx(expected, abs=0.01 + 1e-9)  # in steps of 0.02, the first round one above 1 / 80
        assert tpr / 0.02 == pytest.approx(round(tpr / 0.02))
    assert np.all(np.diff(curve.tpr) >= 0)
    json.dumps(as_json(curve), allow_nan=False)


def test_the_null_band_is_where_an_attack_without_information_lies():
    rng, m, n, audits = np.random.default_rng(1), 60, 80, 2000
    ranks = np.array([1, 8, 40, 73])
    low, high = null_band(ranks / (n + 1), m, n, 0.9)
    others = -np.sort(-rng.normal(size=(audits, n)), axis=1)
    members = rng.normal(size=(audits, m))
    for place, rank in enumerate(ranks):
        tpr = np.mean(members > others[:, [rank - 1]], axis=1)
        for tail in (np.mean(tpr < low[place]), np.mean(tpr > high[place])):
            assert tail <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / audits)
        step = 1 / m
        assert np.mean(tpr < low[place] + step) > 0.05 - 4 * np.sqrt(0.05 * 0.95 / audits)
        assert np.mean(tpr > high[place] - step) > 0.05 - 4 * np.sqrt(0.05 * 0.95 / audits)


def test_noise_stays_within_the_null_band():
    rng = np.random.default_rng(2)
    outside = []
    for seed in range(60):
        curve = roc_curve(join(noise(rng, 50, "x", seed=seed)))
        outside.append(np.mean((curve.tpr < curve.band_low) | (curve.tpr > curve.band_high)))
    assert np.mean(outside) < 0.05 + 0.04


def ids(n):
    return np.array([f"sub-{i}" for i in range(n)])


def test_a_density_is_that_of_the_values():
    values = np.random.default_rng(3).normal(size=4000)
    grid = np.linspace(-5, 5, 201)
    height = density(values, ids(4000), grid)
    np.testing.assert_allclose(height, np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi), atol=0.03)
    assert integrate.trapezoid(height, grid) == pytest.approx(1, abs=0.03)


def test_an_outlier_is_not_seen_in_a_density():
    rng = np.random.default_rng(4)
    values = np.append(rng.normal(size=200), 30.0)
    grid = np.linspace(-5, 40, 451)
    height = density(values, ids(201), grid)
    beyond = height[grid > 6]
    assert np.all(np.diff(beyond) <= 1e-12)
    assert beyond.max() < 0.01 * height.max()
    middle = np.abs(grid) < 1
    np.testing.assert_allclose(height[middle], density(values[:-1], ids(200), grid)[middle], atol=0.06)


def test_no_one_person_makes_a_bump_with_many_scans():
    rng = np.random.default_rng(5)
    names = np.append(ids(200), np.full(50, "sub-many"))
    values = np.append(rng.normal(size=200), np.full(50, 12.0))
    grid = np.linspace(8, 16, 81)
    assert np.all(np.diff(density(values, names, grid)) <= 1e-12)


def test_every_person_counts_once():
    rng = np.random.default_rng(6)
    values, grid = rng.normal(size=100), np.linspace(-4, 4, 41)
    twice = density(np.tile(values, 2), np.tile(ids(100), 2), grid)
    np.testing.assert_allclose(twice, density(values, ids(100), grid))


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        (np.zeros(9), ids(9), "at least 10"),
        (np.zeros(20), ids(20), "all values are the same"),
        (np.zeros(20), np.tile(ids(5), 4), "at least 10"),
        (np.full(20, np.nan), ids(20), "NaN"),
        (np.zeros((20, 1)), ids(20), "shape"),
        (np.zeros(20), ids(19), "different lengths"),
    ],
)
def test_what_has_no_density_raises(values, names, message):
    with pytest.raises(DataError, match=message):
        density(values, names, np.linspace(-1, 1, 5))
