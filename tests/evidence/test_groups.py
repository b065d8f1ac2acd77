"""Whether groups differ: false alarms under the null, power, and what is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from remembrain.errors import DataError
from remembrain.evidence.groups import compare_groups
from remembrain.types import Scans


def people(rng, n=300, *, older=0.0, wider=1.0, women=0.5):
    member = rng.permutation(np.arange(n) < n // 2)
    age = rng.normal(60, 7, n) * np.where(member, wider, 1) + older * member
    sex = np.where(rng.random(n) < np.where(member, women, 0.5), "F", "M")
    return member, scans_of([f"sub-{i:04d}" for i in range(n)], age, sex, rng.choice(["A", "B", "C"], n))


def scans_of(names, age, sex, site):
    return Scans(np.array(names), np.full(len(age), ""), age, sex, site)


def test_groups_of_the_same_kind_are_said_to_differ_in_at_most_5_percent():
    rng = np.random.default_rng(0)
    alarms = np.mean([compare_groups(*people(rng)).differ for _ in range(600)])
    assert 0.01 < alarms < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)


def test_rare_and_uneven_levels_raise_no_more_false_alarms():
    """A third are members; a dozen sites of about ten people, some of them pooled."""
    rng, audits, alarms = np.random.default_rng(7), 500, 0
    for _ in range(audits):
        _, scans = people(rng, 120)
        member = rng.permutation(np.arange(120) < 40)
        alarms += compare_groups(member, replace(scans, site=rng.integers(0, 12, 120).astype(str))).differ
    assert alarms / audits < 0.05 + 3 * np.sqrt(0.05 * 0.95 / audits)


def test_a_shift_of_half_a_standard_deviation_is_seen_as_often_as_the_weakest_correction_allows():
    """Four factors, so at the least at 5 % / 4: noncentral t, 150 people a group."""
    rng, audits = np.random.default_rng(8), 300
    seen = np.mean([compare_groups(*people(rng, older=3.5)).factors[0].differs for _ in range(audits)])
    quantile = stats.t.ppf(1 - 0.05 / 8, 298)
    power = stats.nct.sf(quantile, 298, 0.5 * np.sqrt(150 / 2))
    assert power > 0.9
    assert seen > power - 3 * np.sqrt(power * (1 - power) / audits)


@pytest.mark.parametrize("still", [True, False])
def test_a_group_of_one_age_differs_from_one_of_many(still):
    member, scans = people(np.random.default_rng(9))
    age = np.full(300, 60.0)
    age[member != still] = 60 + stats.norm.ppf((np.arange(150) + 0.5) / 150)  # the same mean
    groups = compare_groups(member, replace(scans, age=age))
    spread = next(factor for factor in groups.factors if factor.factor == "spread of age")
    assert spread.differs
    assert spread.value == (-10 if still else 10)
    assert "spread of age" in groups.why


def test_a_person_in_both_groups_is_refused():
    member, scans = people(np.random.default_rng(10))
    scans.participant_id[np.flatnonzero(member)[0]] = scans.participant_id[np.flatnonzero(~member)[0]]
    with pytest.raises(DataError, match="is a member and a non-member"):
        compare_groups(member, scans)


@pytest.mark.parametrize(
    ("change", "factor"), [({"older": 4.0}, "age"), ({"women": 0.8}, "sex"), ({"wider": 0.0}, "spread of age")]
)
def test_a_difference_is_found_and_named(change, factor):
    rng = np.random.default_rng(1)
    if "wider" in change:
        member, scans = people(rng)
        groups = compare_groups(member, replace(scans, age=np.where(member, 60 + (scans.age - 60) / 3, scans.age)))
    else:
        groups = compare_groups(*people(rng, **change))
    assert groups.differ
    assert factor in {part.factor for part in groups.factors if part.differs}
    assert factor in groups.why


def test_the_standardised_difference_is_cohens():
    member, scans = people(np.random.default_rng(2), older=3.0)
    age, found = scans.age, compare_groups(member, scans).factors[0]
    pooled = np.sqrt((age[member].var(ddof=1) + age[~member].var(ddof=1)) / 2)
    exact = (age[member].mean() - age[~member].mean()) / pooled
    assert found.value == pytest.approx(exact, abs=0.05)  # of means as they are told of 300 people
    assert found.low < exact - 1.96 * np.sqrt(2 / 300) < exact + 1.96 * np.sqrt(2 / 300) < found.high
    assert found.p_value == pytest.approx(stats.ttest_ind(age[member], age[~member], equal_var=False).pvalue)
    assert found.low < found.value < found.high


def test_a_person_counts_once_however_many_scans():
    member, scans = people(np.random.default_rng(3), older=1.0)
    once = compare_groups(member, scans)
    twice = compare_groups(np.tile(member, 2), scans.take(np.tile(np.arange(len(scans)), 2)))
    assert [factor.p_value for factor in twice.factors] == pytest.approx([factor.p_value for factor in once.factors])


def test_rare_levels_are_not_named():
    member, scans = people(np.random.default_rng(4))
    site = scans.site.astype("<U20")
    site[:4] = "Dr Miller's clinic"
    groups = compare_groups(member, replace(scans, site=site))
    assert "Miller" not in str(groups.written())
    assert "others" in {factor.level for factor in groups.factors}


def test_one_level_or_one_age_is_no_factor():
    member, scans = people(np.random.default_rng(5))
    same = np.full(len(member), "n/a")
    groups = compare_groups(member, replace(scans, age=np.full(len(member), 60.0), sex=same, site=same))
    assert not groups.factors
    assert not groups.differ
    assert "nothing is known" in groups.why


def test_groups_of_one_age_each_differ():
    member, scans = people(np.random.default_rng(6))
    assert compare_groups(member, replace(scans, age=np.where(member, 61.0, 60.0))).differ


def test_groups_that_were_drawn_by_lot_are_shown_and_not_tested():
    drawn = compare_groups(*people(np.random.default_rng(11), older=20), by_lot=True)
    assert not drawn.differ
    assert drawn.by_lot
    assert drawn.factors[0].value > 2
    assert (
        drawn.why
        == "who is a member was drawn by lot, so that differences in age, spread of age, sex and site are chance"
    )


def test_few_people_do_not_show_that_groups_are_alike_and_many_do():
    """With 50 a side the interval of a standardised difference reaches 1.96 * sqrt(2 / 50) = 0.39 from its value."""
    few = compare_groups(*people(np.random.default_rng(1), 100))
    assert not few.differ
    assert "this does not show that they are alike: with 50 and 50 people they may be" in few.why
    largest = max(max(abs(factor.low), abs(factor.high)) for factor in few.factors)
    assert largest > 0.39
    many = compare_groups(*people(np.random.default_rng(1), 4000))
    assert not many.differ
    assert "all are within what is tolerable (up to 0.25 standard deviations" in many.why
