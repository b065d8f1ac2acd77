"""The bootstrap of people: its weights, a naive twin, and intervals where there is no spread."""

import numpy as np
import pytest
from simulated_audits import simulate

from remembrain.errors import DataError
from remembrain.evidence.metrics import auc, auc_of_draws
from remembrain.evidence.people import join
from remembrain.evidence.resample import mean_over_repeats, share_interval, weights


def test_every_draw_takes_as_many_of_each_group_as_there_are():
    is_member = np.array([True] * 7 + [False] * 30)
    drawn = np.concatenate(list(weights(is_member, np.random.default_rng(0), 300)))
    assert drawn.shape == (300, 37)
    assert np.all(drawn[:, is_member].sum(axis=1) == 7)
    assert np.all(drawn[:, ~is_member].sum(axis=1) == 30)
    np.testing.assert_allclose(drawn[:, is_member].var(axis=0), 1 - 1 / 7, atol=0.3)
    assert len(np.unique(drawn, axis=0)) == 300


def test_the_same_seed_gives_the_same_draws():
    is_member = np.arange(20) < 8
    first, second = (np.concatenate(list(weights(is_member, np.random.default_rng(5), 40))) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_one_draw_has_no_spread_and_is_refused():
    with pytest.raises(DataError, match="draws"):
        list(weights(np.arange(4) < 2, np.random.default_rng(0), 1))


def test_the_spread_is_that_of_a_naive_bootstrap_of_people():
    """The twin copies scans of drawn people, one person and one draw after the other."""
    rng = np.random.default_rng(3)
    repeats = simulate(rng, 30, 2.0, two_scans=True, n_repeats=2).repeats
    people = join(repeats)
    fast = [mean_over_repeats(people, auc_of_draws, weight) for weight in weights(people.is_member, rng, 1500)]
    groups = [np.flatnonzero(people.is_member), np.flatnonzero(~people.is_member)]
    naive = []
    for _ in range(1500):
        drawn = np.concatenate([rng.choice(group, len(group)) for group in groups])
        figures = []
        for repeat in people.repeats:
            scans = np.concatenate([np.flatnonzero(repeat.person == person) for person in drawn])
            figures.append(auc(repeat.member[scans], repeat.score[scans]))
        naive.append(np.mean(figures))
    # the standard deviation of an estimated standard deviation is about 1 / sqrt(2 * 1500) = 1.8 %
    assert np.std(np.concatenate(fast)) == pytest.approx(np.std(naive), rel=4 * np.sqrt(2) * 0.018)
    assert np.mean(np.concatenate(fast)) == pytest.approx(np.mean(naive), abs=4 * np.std(naive) / np.sqrt(750))


def test_a_second_scan_and_a_second_repeat_are_no_second_person():
    repeats = simulate(np.random.default_rng(4), 60, 2.0, n_repeats=1).repeats
    once = repeats[0]
    sessions = np.concatenate([np.full(len(once), name) for name in ("ses-1", "ses-2")])
    again = np.tile(np.arange(len(once)), 2)
    copied = type(once)("x", 0, once.participant_id[again], sessions, once.member[again], once.score[again])
    repeated = [type(once)("x", r, once.participant_id, once.session_id, once.member, once.score) for r in range(3)]
    spreads = []
    for audit in ([once], [copied], repeated):
        people, rng = join(audit), np.random.default_rng(0)
        draws = [mean_over_repeats(people, auc_of_draws, weight) for weight in weights(people.is_member, rng, 200)]
        spreads.append(np.std(np.concatenate(draws)))
    assert spreads[1] == pytest.approx(spreads[0])
    assert spreads[2] == pytest.approx(spreads[0])


@pytest.mark.parametrize("n", [20, 100, 1000])
def test_without_spread_the_interval_is_that_of_people_without_an_exception(n):
    low, high = share_interval(1.0, 0.0, n, 0.95)
    assert (low, high) == (pytest.approx(0.0125 ** (1 / n)), 1.0)
    assert share_interval(0.0, 0.0, n, 0.95) == (0.0, pytest.approx(1 - low))
    below, above = share_interval(0.5, 0.0, n, 0.95)
    assert below < 0.5 < above


@pytest.mark.parametrize("value", [0.001, 0.3, 0.5, 0.97, 0.9999])
def test_an_interval_contains_its_value_and_stays_within_0_and_1(value):
    low, high = share_interval(value, 0.4 * value * (1 - value), 100, 0.95)
    assert 0 < low < value < high < 1
    wider = share_interval(value, 0.4 * value * (1 - value), 100, 0.99)
    assert wider[0] < low
    assert high < wider[1]
