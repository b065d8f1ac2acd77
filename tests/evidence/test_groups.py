"""Whether groups differ: false alarms under the null, power, and what is named."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from remembrain.evidence.groups import compare_groups


def people(rng, n=300, *, older=0.0, wider=1.0, women=0.5, site=None):
    member = rng.permutation(np.arange(n) < n // 2)
    age = rng.normal(60, 7, n) * np.where(member, wider, 1) + older * member
    sex = np.where(rng.random(n) < np.where(member, women, 0.5), "F", "M")
    return member, np.array([f"sub-{i:04d}" for i in range(n)]), age, sex, rng.choice(["A", "B", "C"], n)


def test_groups_of_the_same_kind_are_said_to_differ_in_at_most_5_percent():
    rng = np.random.default_rng(0)
    alarms = np.mean([compare_groups(*people(rng)).differ for _ in range(1500)])
    assert 0.02 < alarms < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)


@pytest.mark.parametrize(
    ("change", "factor"), [({"older": 4.0}, "age"), ({"women": 0.8}, "sex"), ({"wider": 0.0}, "spread of age")]
)
def test_a_difference_is_found_and_named(change, factor):
    rng = np.random.default_rng(1)
    if "wider" in change:
        member, *rest = people(rng)
        rest[1] = np.where(member, 60 + (rest[1] - 60) / 3, rest[1])
        found = compare_groups(member, *rest)
    else:
        found = compare_groups(*people(rng, **change))
    assert found.differ
    assert factor in {one.factor for one in found.factors if one.differs}
    assert factor in found.why


def test_the_standardised_difference_is_cohens():
    member, names, age, sex, site = people(np.random.default_rng(2), older=3.0)
    found = compare_groups(member, names, age, sex, site).factors[0]
    pooled = np.sqrt((age[member].var(ddof=1) + age[~member].var(ddof=1)) / 2)
    assert found.value == pytest.approx((age[member].mean() - age[~member].mean()) / pooled)
    assert found.p_value == pytest.approx(stats.ttest_ind(age[member], age[~member], equal_var=False).pvalue)
    assert found.low < found.value < found.high


def test_a_person_counts_once_however_many_scans():
    facts = people(np.random.default_rng(3), older=1.0)
    once = compare_groups(*facts)
    twice = compare_groups(*(np.tile(fact, 2) for fact in facts))
    assert [one.p_value for one in twice.factors] == pytest.approx([one.p_value for one in once.factors])


def test_rare_levels_are_not_named():
    rng = np.random.default_rng(4)
    member, names, age, sex, site = people(rng)
    site = site.astype("<U20")
    site[:4] = "Dr Miller's clinic"
    found = compare_groups(member, names, age, sex, site)
    assert "Miller" not in str(found.to_json())
    assert "others" in {one.level for one in found.factors}


def test_one_level_or_one_age_is_no_factor():
    member, names, *_ = people(np.random.default_rng(5))
    same = np.full(len(member), "n/a")
    found = compare_groups(member, names, np.full(len(member), 60.0), same, same)
    assert not found.factors
    assert not found.differ
    assert "nothing is known" in found.why


def test_groups_of_one_age_each_differ():
    member, names, _, sex, site = people(np.random.default_rng(6))
    assert compare_groups(member, names, np.where(member, 61.0, 60.0), sex, site).differ
