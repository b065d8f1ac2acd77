"""Who has whom: exact sizes, published age profiles, every person with one learner."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.errors import DataError, UsageError
from remembrain.federation.environments import ENVIRONMENTS, assign, by_column


def people(n, sessions=1, seed=0, mean=62.6, sd=7.4):
    rng = np.random.default_rng(seed)
    age = np.repeat(rng.normal(mean, sd, n), sessions)
    names = [f"sub-{place:05d}" for place in np.repeat(np.arange(n), sessions)]
    return make_scans(age, names, [f"ses-{place}" for place in np.tile(np.arange(sessions), n)])


def ages_of(scans, learner):
    return [scans.age[learner == number] for number in range(1, learner.max() + 1)]


def test_skewed_sizes_are_the_published_ones():
    scans = people(8356)
    learner = assign(scans, ENVIRONMENTS["skewed-noniid"], 8, np.random.default_rng(0))
    sizes = np.bincount(learner)[1:]
    published = np.array([2406, 1761, 1307, 964, 709, 526, 390, 287])  # read off a figure
    assert sizes.sum() == 8356
    np.testing.assert_allclose(sizes, published, rtol=0.02)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_learners_have_the_published_ages(name):
    environment = ENVIRONMENTS[name]
    scans = people(8356)
    learner = assign(scans, environment, 8, np.random.default_rng(0))
    for ages, (mean, sd) in zip(ages_of(scans, learner), environment.ages, strict=True):
        assert abs(ages.mean() - mean) < 1.5
        assert abs(ages.std() - sd) < 1.5


def test_uniform_and_iid_learners_differ_by_chance_alone():
    scans = people(1600)
    learner = assign(scans, ENVIRONMENTS["uniform-iid"], 8, np.random.default_rng(1))
    groups = ages_of(scans, learner)
    assert {len(ages) for ages in groups} == {200}
    spread = np.std([ages.mean() for ages in groups], ddof=1)
    assert spread < 3 * 7.4 / np.sqrt(200)  # standard error of a mean of 200, three times


def test_an_older_cohort_keeps_the_order_of_learners():
    scans = people(800, mean=75, sd=4)
    learner = assign(scans, ENVIRONMENTS["uniform-noniid"], 8, np.random.default_rng(0))
    means = [ages.mean() for ages in ages_of(scans, learner)]
    assert means[3] < means[2] < means[1] < means[0]
    assert abs(np.mean(means) - 75) < 0.5


def test_a_person_s_scans_stay_with_one_learner_and_a_seed_decides():
    scans = people(300, sessions=2)
    one, again, other = (
        assign(scans, ENVIRONMENTS["uniform-iid"], 4, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert np.array_equal(one[::2], one[1::2])


def test_too_few_people_or_learners_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="learners: too few of 100 people: learner-1 12"):
        assign(people(100), ENVIRONMENTS["uniform-iid"], 8, rng)
    with pytest.raises(UsageError, match="1 learners; expected at least 2"):
        assign(people(100), ENVIRONMENTS["uniform-iid"], 1, rng)


def test_sites_of_a_column_are_learners():
    scans = people(60)
    site = np.array(["B", "A", "A"] * 20)
    learner, names = by_column(site, scans)
    assert names == ("A", "B")
    assert np.array_equal(learner, np.where(site == "A", 1, 2))
    for spoilt, message in (
        (np.where(np.arange(60) == 7, "n/a", site), "sub-00007: has no site"),
        (np.full(60, "A"), "everybody has the value 'A'"),
        (np.where(np.arange(60) < 5, "C", site), "too few of 60 people: B 18, C 5"),
    ):
        with pytest.raises(DataError, match=message):
            by_column(spoilt, scans)


def test_a_person_at_two_sites_is_refused():
    scans = people(40, sessions=2)
    site = np.repeat(["A", "B"], 40)
    site[1] = "B"
    with pytest.raises(DataError, match="sub-00000: is at several sites"):
        by_column(site, scans)
