"""The bootstrap of people: its weights, a naive twin, and intervals where there is no spread."""

import numpy as np
import pytest
from remembrain.evidence.resample import by_repeat, share_interval, standard_error, weights
from simulated_audits import simulate

from remembrain.errors import DataError
from remembrain.evidence.metrics import auc, auc_of_draws
from remembrain.evidence.people import join
from remembrain.types import Scores


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
    fast = [by_repeat(people, auc_of_draws, weight) for weight in weights(people.is_member, rng, 1500)]
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
    assert np.std(np.concatenate(fast, axis=1).mean(axis=0)) == pytest.approx(np.std(naive), rel=4 * np.sqrt(2) * 0.018)
    assert np.mean(np.concatenate(fast, axis=1)) == pytest.approx(np.mean(naive), abs=4 * np.std(naive) / np.sqrt(750))


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
        draws = [by_repeat(people, auc_of_draws, weight) for weight in weights(people.is_member, rng, 200)]
        spreads.append(standard_error(np.concatenate(draws, axis=1), people))
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


def people_tested(n_repeats: int, overlap: str):
    """Return four people a group, of whom each repeat tests the same ones, or none that another tests."""
    repeats = []
    for number in range(n_repeats):
        names = [f"{number if overlap == 'none' else 0}-{i}" for i in range(8)]
        score = np.arange(8.0)
        repeats.append(Scores("x", number, np.array(names), np.full(8, ""), np.arange(8) < 4, score))
    return join(repeats)


def test_the_error_of_the_mean_by_hand():
    same, one = people_tested(2, "all"), people_tested(1, "all")
    assert same.overlap() == 1
    rng = np.random.default_rng(6)
    drawn = rng.normal(size=(2, 100_000))
    assert standard_error(drawn[:1], one) == pytest.approx(1, abs=0.01)
    assert standard_error(drawn, same) == pytest.approx(np.sqrt(1 / 2), abs=0.01)
    assert standard_error(drawn[[0, 0]], same) == pytest.approx(1, abs=0.01)
    apart = people_tested(2, "none")
    assert apart.overlap() == 0
    assert standard_error(drawn, apart) == pytest.approx(1, abs=0.01)  # nothing is known of what they share


def test_what_repeats_learn_from_each_other_is_added():
    """Variance 1, overlap 1/2: for a fixed rule c = 1/2 and nothing is added; for one learned from noise c = 1/4."""
    names = np.array([f"{group}-{i}" for group in "mo" for i in range(6)])
    member = np.arange(12) < 6
    tested = [np.isin(np.arange(12) % 6, some) for some in ([0, 1, 2, 3], [2, 3, 4, 5])]
    score = np.arange(12.0)
    people = join([Scores("x", r, names[t], np.full(8, ""), member[t], score[t]) for r, t in enumerate(tested)])
    assert people.overlap() == pytest.approx(1 / 2)
    rng = np.random.default_rng(7)
    for shared, expected in ((1 / 2, 1 / 2 + 1 / 4), (1 / 4, 1 / 2 + (1 / 4 + 1 / 4) / 2)):
        drawn = rng.multivariate_normal([0, 0], [[1, shared], [shared, 1]], size=400_000).T
        assert standard_error(drawn, people) == pytest.approx(np.sqrt(expected), rel=0.01)
