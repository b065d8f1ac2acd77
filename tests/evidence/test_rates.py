"""True-positive rates at fixed false-positive rates: exact bounds, and refusals."""

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.people import join
from remembrain.evidence.rates import NotAssessed, quoted_fpr, resolved, share_at_least, share_at_most, tpr_interval
from remembrain.types import Interval, Scores


def people_of(members, others, **more):
    n = len(members) + len(others)
    names = np.array([f"sub-{i}" for i in range(n)])
    score = np.concatenate([members, others]).astype(float)
    return join([Scores("x", 0, names, np.full(n, ""), np.arange(n) < len(members), score)])


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (1, 1000)])
def test_bounds_of_a_share_are_clopper_and_pearsons(count, n):
    exact = stats.binomtest(count, n).proportion_ci(0.95, method="exact")
    assert share_at_least(count / n, n, 0.025) == pytest.approx(exact.low, abs=1e-9)
    assert share_at_most(count / n, n, 0.025) == pytest.approx(exact.high, abs=1e-9)


def test_counts_need_not_be_whole():
    bounds = [share_at_least(count / 20, 20, 0.025) for count in (3, 3.5, 4)]
    assert bounds[0] < bounds[1] < bounds[2]


def test_bounds_are_quantiles_of_a_mixture_over_where_the_threshold_may_lie():
    """With 1000 non-members scored 0..999 and a member above each, k members are above the k-th largest."""
    n, fpr = 1000, 0.01
    found = tpr_interval(people_of(np.arange(n) + 0.5, np.arange(n)), fpr, 0.95)
    assert isinstance(found, Interval)
    assert found.value == pytest.approx(fpr * (n + 1) / n)
    for end, error in ((found.low, 0.025), (found.high, 0.975)):
        mass = 0.0
        for k in range(200):
            chance = stats.binom.pmf(k, n, fpr)
            for count in (k, k + 1):
                below = stats.beta.cdf(end, count + 0.5, n - count + 0.5) if count or end == found.high else 1.0
                mass += chance * below / 2
        assert mass == pytest.approx(error, abs=1e-6)


def test_separated_groups_are_caught_whole_but_never_with_certainty():
    found = tpr_interval(people_of(np.arange(200, 400), np.arange(200)), 0.1, 0.95)
    assert isinstance(found, Interval)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(stats.beta.ppf(0.025, 200.5, 0.5), abs=1e-6)
    never = tpr_interval(people_of(np.arange(200), np.arange(200, 400)), 0.1, 0.95)
    assert isinstance(never, Interval)
    assert (never.value, never.low) == (0.0, 0.0)
    assert never.high == pytest.approx(stats.beta.ppf(0.975, 0.5, 200.5), abs=1e-6)


@pytest.mark.parametrize(("n", "known"), [(367, False), (368, True)])
def test_a_lower_bound_needs_non_members_who_are_surely_above_the_threshold(n, known):
    """0.99^368 is the first power below 2.5 %."""
    found = tpr_interval(people_of(np.arange(n, 2 * n), np.arange(n)), 0.01, 0.95)
    assert isinstance(found, Interval)
    assert (found.value, found.high) == (1.0, 1.0)
    assert (found.low > 0) == known == resolved(0.01, n, 0.95)


@pytest.mark.parametrize(
    ("n", "fpr", "assessed"), [(999, 0.001, False), (1000, 0.001, True), (9, 0.1, False), (10, 0.1, True)]
)
def test_a_rate_finer_than_the_people_is_not_assessed(n, fpr, assessed):
    found = tpr_interval(people_of(np.arange(30), np.arange(n)), fpr, 0.95)
    assert isinstance(found, Interval) == assessed
    if isinstance(found, NotAssessed):
        assert f"{n} non-members cannot resolve a false-positive rate of {100 * fpr:g} %" in found.why
        assert f"at least {round(1 / fpr)} are needed" in found.why


@pytest.mark.parametrize(
    ("n", "worth", "quoted"),
    [(9, 1.0, None), (20, 1.0, 0.1), (367, 1.0, 0.1), (368, 1.0, 0.01), (120, 3.1, 0.01), (368, 0.9, 0.1)],
)
def test_the_rate_that_is_quoted_is_the_lowest_with_a_lower_bound_and_not_the_lowest_that_can_be_had(n, worth, quoted):
    people = people_of(np.arange(n, n + 400), np.arange(n))
    rates = {fpr: tpr_interval(people, fpr, 0.95, worth=(worth, worth)) for fpr in (0.001, 0.1, 0.01)}
    assert quoted_fpr(people, rates, 0.95, worth=(worth, worth)) == quoted
    if quoted is not None and n > 36:
        assert rates[quoted].low > 0
        assert all(not isinstance(rate, Interval) or rate.low == 0 for fpr, rate in rates.items() if fpr < quoted)


def test_copies_of_a_scan_do_not_narrow_the_interval():
    rng = np.random.default_rng(0)
    n = 150
    names = np.array([f"sub-{i}" for i in range(2 * n)])
    member = np.arange(2 * n) < n
    score = rng.normal(size=2 * n) + member
    once = join([Scores("x", 0, names, np.full(2 * n, "1"), member, score)])
    again = np.tile(np.arange(2 * n), 2)
    sessions = np.repeat(["1", "2"], 2 * n)
    twice = join([Scores("x", 0, names[again], sessions, member[again], score[again])])
    repeated = join([Scores("x", r, names, np.full(2 * n, "1"), member, score) for r in range(3)])
    expected = tpr_interval(once, 0.1, 0.95)
    for same in (twice, repeated):
        found = tpr_interval(same, 0.1, 0.95)
        assert isinstance(found, Interval)
        assert isinstance(expected, Interval)
        assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))


def test_a_tie_block_of_non_members_is_never_split():
    """A third of non-members share the top score with all members: at 10 % no threshold may take them."""
    found = tpr_interval(people_of(np.ones(90), np.repeat([0, 1], [60, 30])), 0.1, 0.95)
    assert isinstance(found, Interval)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 1.0)
