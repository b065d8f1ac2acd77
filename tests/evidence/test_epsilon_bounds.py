"""Lower bounds on epsilon: below the truth of known mechanisms, 0 without a leak, and refusals.

Every share of simulated bounds is held against 5 % with the Monte-Carlo error of its own count: a sound estimator
leaves that once in a thousand tests.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.epsilon_bounds import (
    ESTIMATORS,
    _ranked,
    all_bounds,
    clopper_pearson,
    gaussian_dp,
    one_run,
    one_run_f_dp,
)
from remembrain.evidence.gaussian_privacy import gaussian_epsilon, mu_of
from remembrain.evidence.people import people_scores
from remembrain.types import Scores

DELTA = 1e-5
NAMES = [estimator.name for estimator in ESTIMATORS]


def most(audits):
    """Return the most errors that as many audits have, but once in a thousand, where each errs with 5 %."""
    return stats.binom.ppf(0.999, audits, 0.05)


@pytest.fixture(scope="module")
def known():
    """The bounds of 400 audits of 2,000 canaries for each of five exact epsilons, as (audit, estimator)."""
    found = {}
    for epsilon in (0.5, 1.0, 2.0, 4.0, 8.0):
        rng, mu = np.random.default_rng([11, int(10 * epsilon)]), mu_of(epsilon, DELTA)
        member = rng.random((400, 2000)) < 0.5
        score = rng.normal(size=member.shape) + mu * member
        found[epsilon] = np.array(
            [[one(*audit, DELTA).value for one in ESTIMATORS] for audit in zip(score, member, strict=True)]
        )
    return found


@pytest.mark.parametrize("epsilon", [0.5, 1.0, 2.0, 4.0, 8.0])
def test_bounds_stay_below_the_truth_of_a_known_mechanism(known, epsilon):
    above = dict(zip(NAMES, (known[epsilon] > epsilon).sum(axis=0), strict=True))
    assert max(above.values()) <= most(400), above


@pytest.mark.parametrize("epsilon", [2.0, 4.0, 8.0])
def test_the_best_estimator_finds_most_of_the_truth(known, epsilon):
    medians = dict(zip(NAMES, np.median(known[epsilon], axis=0) / epsilon, strict=True))
    assert max(medians.values()) >= 0.7, medians
    assert min(medians.values()) > 0.15, medians  # the others find something too


def half(rng, size):
    return rng.permutation(size) < size // 2


def first(rng, size):
    """Members stand first, as they do in many a table."""
    return np.arange(size) < size // 2


def coins(rng, size):
    return rng.random(size) < 0.5


FORMS = {
    "normal": lambda rng, size: rng.normal(size=size),
    "five values": lambda rng, size: np.clip(np.round(rng.normal(size=size)), -2, 2),
    "two values": lambda rng, size: (rng.random(size) < 0.1).astype(float),
    "most the same": lambda rng, size: np.maximum(1.0, rng.normal(size=size)),
    "outliers": lambda rng, size: rng.normal(size=size) * np.where(rng.random(size) < 0.02, 1e6, 1.0),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("size", "audits", "draw"),
    [(40, 600, half), (40, 600, first), (200, 400, first), (200, 400, coins), (2000, 150, coins)],
)
def test_without_a_leak_bounds_are_0(form, size, audits, draw):
    rng = np.random.default_rng([12, size, list(FORMS).index(form)])
    above = dict.fromkeys(NAMES, 0)
    for _ in range(audits):
        score, member = FORMS[form](rng, size), draw(rng, size)
        for estimator in ESTIMATORS:
            above[estimator.name] += estimator(score, member, DELTA).value > 0
    assert max(above.values()) <= most(audits), above


def test_what_is_made_of_gaussian_scores_gives_no_more_than_they_do():
    """Rounding, cutting and random answers are post-processing: epsilon stays, and bounds stay below it."""
    rng, epsilon = np.random.default_rng(13), 2.0
    mu, above = mu_of(epsilon, DELTA), np.zeros((3, len(ESTIMATORS)))
    for _ in range(100):
        member = coins(rng, 1000)
        score = rng.normal(size=1000) + mu * member
        made = (np.round(score), np.maximum(score, 1.0), np.where(rng.random(1000) < 0.5, score, rng.normal(size=1000)))
        above += [[one(some, member, DELTA).value > epsilon for one in ESTIMATORS] for some in made]
    assert above.max() <= most(100), above


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_unequal_groups_give_bounds_below_the_truth(share):
    rng, epsilon, above = np.random.default_rng(14), 1.0, np.zeros((2, len(ESTIMATORS)))
    for _ in range(150):
        member = rng.random(1000) < share
        noise = rng.normal(size=1000)
        above[0] += [one(noise, member, DELTA).value > 0 for one in ESTIMATORS]
        above[1] += [one(noise + mu_of(epsilon, DELTA) * member, member, DELTA).value > epsilon for one in ESTIMATORS]
    assert above.max() <= most(150), above


def test_an_attack_that_is_inverted_gives_nothing():
    rng = np.random.default_rng(15)
    member = coins(rng, 2000)
    score = rng.normal(size=2000) + 2 * member
    assert all(estimator(score, member, DELTA).value > 1 for estimator in ESTIMATORS)
    assert [estimator(-score, member, DELTA).value for estimator in ESTIMATORS] == [0.0] * 4


def test_groups_that_are_told_apart_without_error_give_high_but_finite_bounds():
    member = np.arange(2000) < 1000
    for bound in all_bounds(member + np.linspace(0, 0.1, 2000), member, DELTA):
        assert 3 < bound.value < 100, bound


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=NAMES)
def test_a_constant_score_gives_0(estimator):
    rng = np.random.default_rng(19)
    assert all(estimator(np.full(40, 3.5), half(rng, 40), DELTA).value == 0.0 for _ in range(300))


def test_the_lot_among_ties_comes_from_the_scores_alone():
    member = np.arange(200) < 100
    orders = {
        _ranked(np.repeat([value, 1.0], [150, 50]), member).ordered.tobytes() for value in np.linspace(0, 0.9, 20)
    }
    assert len(orders) == 20
    same = np.repeat([0.0, 1.0], [150, 50])
    one, other = _ranked(same, member), _ranked(same, ~member)
    assert np.array_equal(one.ordered, ~other.ordered)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=NAMES)
def test_only_the_order_of_scores_counts(estimator):
    rng = np.random.default_rng(16)
    member = coins(rng, 400)
    score = rng.normal(size=400) + 2 * member
    bound = estimator(score, member, DELTA)
    assert bound.value > 0
    assert estimator(np.exp(score), member, DELTA) == bound
    order = rng.permutation(400)
    assert estimator(score[order], member[order], DELTA) == bound


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=NAMES)
def test_more_confidence_gives_a_lower_bound(estimator):
    rng = np.random.default_rng(17)
    member = coins(rng, 1000)
    score = rng.normal(size=1000) + 2 * member
    values = [estimator(score, member, DELTA, confidence).value for confidence in (0.5, 0.9, 0.99, 0.9999)]
    assert np.all(np.diff(values) < 0)


def test_both_error_rates_by_hand():
    """64 members and 64 others: thresholds are the 16th, 4th and 1st of a group, in two directions."""
    others, ours = np.arange(64.0), np.arange(64.0) + 40.5
    member = np.arange(128) < 64
    each = 0.05 / 12

    def rate(count, n, side):
        return stats.binomtest(count, n).proportion_ci(1 - 2 * each, method="exact")[side]

    # above the 16th, 4th and 1st largest other (48, 60, 63) are 56, 44 and 41 members; the order mirrored is the same
    expected = max(
        np.log((rate(above, 64, 0) - DELTA) / rate(rank - 1, 64, 1)) for rank, above in ((16, 56), (4, 44), (1, 41))
    )
    found = clopper_pearson(np.concatenate([ours, others]), member, DELTA)
    assert found.tried == 6
    assert found.value == pytest.approx(expected, rel=1e-9)


def test_gaussian_privacy_by_hand():
    """Of 100 people the outer 27 on either side are guessed; 50 of these 54 guesses are right."""
    member = np.concatenate([np.ones(2), np.zeros(25), np.tile([0, 1], 23), np.zeros(2), np.ones(25)]).astype(bool)
    share = stats.binomtest(50, 54).proportion_ci(1 - 2 * 0.045, method="exact").low
    beyond = 2 * stats.beta.ppf(0.0025, 28, 73)
    mu = stats.norm.ppf(share * beyond) - stats.norm.ppf((1 - share) * beyond)
    found = gaussian_dp(np.arange(100.0), member, DELTA)
    assert found.value == pytest.approx(gaussian_epsilon(mu, DELTA), rel=1e-9)
    assert found.tried == 1


def test_all_bounds_hold_together():
    rng = np.random.default_rng(18)
    member = coins(rng, 500)
    score = rng.normal(size=500) + 2 * member
    together = all_bounds(score, member, DELTA, 0.9)
    assert [bound.estimator for bound in together] == NAMES
    assert {bound.confidence for bound in together} == {0.975}
    assert together[2] == one_run(score, member, DELTA, 0.975)
    written = together[3].written("a", "A", decides=True)
    assert written.value == one_run_f_dp(score, member, DELTA, 0.975).value
    assert (written.n_members, written.n_nonmembers) == (member.sum(), 500 - member.sum())
    assert (written.delta, written.confidence, written.source) == (DELTA, 0.975, "a")
    assert "safe" not in str(together).lower()


NAN = np.where(np.arange(100) == 7, np.nan, 0.0)
HALF = np.arange(100) < 50


@pytest.mark.parametrize(
    ("score", "member", "delta", "confidence", "said"),
    [
        (NAN, HALF, DELTA, 0.95, "1 values that are NaN or infinite"),
        (np.where(np.arange(100) < 3, np.inf, 0.0), HALF, DELTA, 0.95, "3 values that are NaN"),
        (np.zeros((100, 1)), HALF, DELTA, 0.95, r"score has shape \(100, 1\)"),
        (np.zeros(100), HALF[:, None], DELTA, 0.95, r"member has shape \(100, 1\)"),
        (np.zeros(99), HALF, DELTA, 0.95, "score 99, member 100"),
        (np.zeros(100), HALF.astype(int), DELTA, 0.95, "member of type int64"),
        (np.full(100, "x"), HALF, DELTA, 0.95, "score is of type <U1"),
        (np.zeros(100), np.arange(100) < 19, DELTA, 0.95, "19 members and 81 non-members"),
        (np.zeros(100), np.arange(100) < 81, DELTA, 0.95, "81 members and 19 non-members"),
        (np.zeros(100), HALF, 0.0, 0.95, "delta is 0"),
        (np.zeros(100), HALF, np.nan, 0.95, "delta is nan"),
        (np.zeros(100), HALF, DELTA, 1.0, "confidence is 1"),
        (np.zeros(100), HALF, DELTA, 95, "confidence is 95"),
    ],
)
def test_what_no_bound_can_be_made_of_is_refused(score, member, delta, confidence, said):
    for estimator in (*ESTIMATORS, all_bounds):
        with pytest.raises(DataError, match=said):
            estimator(score, member, delta, confidence)


def test_the_scans_of_a_person_are_one_score():
    names = np.array(["sub-2", "sub-1", "sub-2"])
    scores = Scores("x", 0, names, np.array(["1", "1", "2"]), np.array([True, False, True]), np.array([1.0, 5.0, 3.0]))
    score, member = people_scores(scores)
    assert score.tolist() == [5.0, 2.0]
    assert member.tolist() == [False, True]
    with pytest.raises(DataError, match="sub-2: is a member and a non-member"):
        people_scores(replace(scores, member=np.array([True, False, False])))
