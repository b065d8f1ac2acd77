"""The influence of people: derivatives, a naive bootstrap, and intervals and p-values that belong together."""

import numpy as np
import pytest
from simulated_audits import simulate

from remembrain.evidence.influence import by_repeat, share_interval, share_p_values, standard_error
from remembrain.evidence.metrics import auc, auc_parts, balanced_accuracy_parts
from remembrain.evidence.people import join
from remembrain.types import Scores


def naive_auc(member, score, weight):
    """Compare every member with every non-member under weights."""
    won = pairs = 0.0
    for i in np.flatnonzero(member):
        for j in np.flatnonzero(~member):
            won += weight[i] * weight[j] * (1.0 if score[i] > score[j] else 0.5 if score[i] == score[j] else 0.0)
            pairs += weight[i] * weight[j]
    return won / pairs


def naive_accuracy(member, score, weight):
    right = (score > 0) == member
    return np.mean([np.average(right[group], weights=weight[group]) for group in (member, ~member)])


@pytest.mark.parametrize(("parts", "naive"), [(auc_parts, naive_auc), (balanced_accuracy_parts, naive_accuracy)])
def test_influence_is_the_derivative_by_the_weight_of_each_scan(parts, naive):
    rng = np.random.default_rng(0)
    member = np.arange(24) < 10
    score = np.round(rng.normal(size=24) + member, 1)  # some ties
    value, influence = parts(member, score)
    assert value == pytest.approx(naive(member, score, np.ones(24)), abs=1e-12)
    for scan in range(24):
        moved = np.ones(24)
        moved[scan] += 1e-6
        slope = (naive(member, score, moved) - naive(member, score, np.ones(24))) / 1e-6
        assert influence[scan] == pytest.approx(slope, abs=1e-5)


def test_the_variance_of_one_repeat_is_delongs():
    """Against the structural components written out (DeLong et al. 1988, equations 4 and 5)."""
    rng = np.random.default_rng(1)
    member = np.arange(50) < 20
    score = rng.normal(size=50) + member
    people = join([Scores("x", 0, np.arange(50).astype(str), np.full(50, ""), member, score)])
    wins = (score[member][:, None] > score[~member]).astype(float)
    expected = wins.mean(axis=1).var(ddof=1) / 20 + wins.mean(axis=0).var(ddof=1) / 30
    _, influence = by_repeat(people, auc_parts)
    assert standard_error(influence, people) ** 2 == pytest.approx(expected)


def test_the_spread_is_that_of_a_naive_bootstrap_of_people():
    """The twin copies scans of drawn people, one person and one draw after the other."""
    rng = np.random.default_rng(3)
    people = join(simulate(rng, 60, 2.0, two_scans=True, n_repeats=2).repeats)
    groups = [np.flatnonzero(people.is_member), np.flatnonzero(~people.is_member)]
    naive = []
    for _ in range(1500):
        drawn = np.concatenate([rng.choice(group, len(group)) for group in groups])
        figures = []
        for repeat in people.repeats:
            scans = np.concatenate([np.flatnonzero(repeat.person == person) for person in drawn])
            figures.append(auc(repeat.member[scans], repeat.score[scans]))
        naive.append(figures)
    _, influence = by_repeat(people, auc_parts)
    # an estimated SD has an SD of 1.8 %; ours has the factor n / (n - 1) and the bootstrap terms of second order
    assert np.linalg.norm(influence, axis=1) == pytest.approx(np.std(naive, axis=0), rel=0.08)
    correlation = np.corrcoef(np.transpose(naive))[0, 1]
    ours = influence[0] @ influence[1] / np.prod(np.linalg.norm(influence, axis=1))
    assert ours == pytest.approx(correlation, abs=4 / np.sqrt(1500))


@pytest.mark.parametrize("value", [0.3, 0.5, 0.52, 0.7, 0.99])
@pytest.mark.parametrize("error", [0.0, 0.01, 0.05])
def test_the_p_value_is_small_just_where_the_interval_leaves_one_half_out(value, error):
    one_sided, two_sided = share_p_values(value, error, 40)
    for confidence in (0.8, 0.95, 0.999):
        low, high = share_interval(value, error, 40, confidence)
        assert (two_sided < 1 - confidence) == (not low <= 0.5 <= high)
    assert one_sided == pytest.approx(two_sided / 2 if value > 0.5 else 1 - two_sided / 2)


def test_a_second_scan_and_a_second_repeat_are_no_second_person():
    repeats = simulate(np.random.default_rng(4), 60, 2.0, n_repeats=1).repeats
    once = repeats[0]
    sessions = np.concatenate([np.full(len(once), name) for name in ("ses-1", "ses-2")])
    again = np.tile(np.arange(len(once)), 2)
    copied = type(once)("x", 0, once.participant_id[again], sessions, once.member[again], once.score[again])
    repeated = [type(once)("x", r, once.participant_id, once.session_id, once.member, once.score) for r in range(3)]
    spreads = []
    for audit in ([once], [copied], repeated):
        people = join(audit)
        spreads.append(standard_error(by_repeat(people, auc_parts)[1], people))
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


def influences(covariance, people):
    """Return influences of people whose products are this covariance."""
    rows = np.zeros((len(covariance), len(people.is_member)))
    root = np.linalg.cholesky(np.asarray(covariance, dtype=float) + 1e-12 * np.eye(len(covariance)))
    rows[:, : len(covariance)] = root
    return rows


def test_the_error_of_the_mean_by_hand():
    same, one = people_tested(2, "all"), people_tested(1, "all")
    assert same.overlap() == 1
    assert standard_error(influences([[1]], one), one) == pytest.approx(1)
    assert standard_error(influences(np.eye(2), same), same) == pytest.approx(np.sqrt(1 / 2))
    assert standard_error(influences(np.ones((2, 2)), same), same) == pytest.approx(1)
    apart = people_tested(2, "none")
    assert apart.overlap() == 0
    assert standard_error(influences(np.eye(2), apart), apart) == pytest.approx(1)  # what they share is not known


def test_what_repeats_learn_from_each_other_is_added():
    """Variance 1, overlap 1/2: for a fixed rule c = 1/2 and nothing is added; for one learned from noise c = 1/4."""
    names = np.array([f"{group}-{i}" for group in "mo" for i in range(6)])
    member = np.arange(12) < 6
    tested = [np.isin(np.arange(12) % 6, some) for some in ([0, 1, 2, 3], [2, 3, 4, 5])]
    score = np.arange(12.0)
    people = join([Scores("x", r, names[t], np.full(8, ""), member[t], score[t]) for r, t in enumerate(tested)])
    assert people.overlap() == pytest.approx(1 / 2)
    for shared, expected in ((1 / 2, 1 / 2 + 1 / 4), (1 / 4, 1 / 2 + (1 / 4 + 1 / 4) / 2)):
        found = standard_error(influences([[1, shared], [shared, 1]], people), people)
        assert found == pytest.approx(np.sqrt(expected))
