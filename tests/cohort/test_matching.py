"""Pairs of members and non-members: exact on sex and site, near in age, and nobody twice."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.cohort.matching import CALIPER, match, paired
from remembrain.cohort.meant import UNUSED
from remembrain.cohort.splits import Split
from remembrain.errors import DataError
from remembrain.evidence.groups import compare_groups
from remembrain.types import Scans


def cohort(n=600, older=5.6, seed=0, sessions=1):
    rng = np.random.default_rng(seed)
    member = np.arange(n) < n // 2
    age = rng.normal(60, 7, n) + older * member
    sex, site = rng.choice(["F", "M"], n), rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])
    role, known = np.where(member, "member", "nonmember").astype("<U10"), rng.random(n) < 0.5
    names = [f"sub-{i:04d}" for i in range(n)]
    facts = [np.repeat(one, sessions) for one in (age, names, sex, site, role, known)]
    session = [f"ses-{1 + i % sessions}" for i in range(n * sessions)]
    scans = make_scans(facts[0], list(facts[1]), session, list(facts[2]), list(facts[3]))
    return scans, Split(facts[4], facts[5].astype(bool))


def test_matched_groups_are_alike():
    scans, split = cohort()
    matched, found = match(scans, split)
    for known in (True, False):
        groups = []
        for role in ("member", "nonmember"):
            mine = (matched.role == role) & (matched.attacker_knows == known)
            groups.append((sorted(zip(scans.sex[mine], scans.site[mine], strict=True)), np.sort(scans.age[mine])))
        assert groups[0][0] == groups[1][0]  # as many of each sex and site
        assert abs(groups[0][1].mean() - groups[1][1].mean()) < found.caliper
    assert found.caliper == pytest.approx(CALIPER * scans.age.std())


def differ(scans, split):
    tested = split.index("member", "nonmember")
    some = scans.take(tested)
    member = split.role[tested] == "member"
    return compare_groups(member, some).differ


def check_groups_differ_before_and_not_after(n, draws):
    """Ages apart by 0.8 standard deviations; in all that are tested, and in each half of them."""
    for seed in range(draws):
        scans, split = cohort(n, seed=seed)
        matched, _ = match(scans, split)
        assert differ(scans, split)
        for some in (matched.attacker_knows, ~matched.attacker_knows, np.ones(n, dtype=bool)):
            mine = np.flatnonzero(some)
            assert not differ(scans.take(mine), matched.take(mine))


def test_groups_that_differ_do_not_once_they_are_matched():
    check_groups_differ_before_and_not_after(600, 10)


@pytest.mark.slow
def test_thousands_that_differ_do_not_once_they_are_matched():
    """The more people, the smaller a difference in age within the caliper that would be seen."""
    check_groups_differ_before_and_not_after(10_000, 5)


def test_every_pair_is_of_one_sex_and_site_and_within_the_caliper():
    """Where there is any such pairing of a stratum, the youngest with the youngest and so on is one."""
    scans, split = cohort(seed=3)
    matched, found = match(scans, split)
    for sex in "FM":
        for site in "ABC":
            for known in (True, False):
                mine = (scans.sex == sex) & (scans.site == site) & (matched.attacker_knows == known)
                ours, others = (np.sort(scans.age[mine & (matched.role == r)]) for r in ("member", "nonmember"))
                assert len(ours) == len(others)
                assert np.all(np.abs(ours - others) <= found.caliper)


def test_the_same_split_is_matched_in_the_same_way():
    first, second = match(*cohort())[0], match(*cohort())[0]
    assert (first.role == second.role).all()
    assert (first.attacker_knows == second.attacker_knows).all()


def test_numbers_add_up_and_nobody_changes_sides():
    scans, split = cohort()
    matched, found = match(scans, split)
    stays = matched.role != UNUSED
    assert (matched.role[stays] == split.role[stays]).all()
    assert (matched.attacker_knows[stays] == split.attacker_knows[stays]).all()
    assert found.pairs == (matched.role == "member").sum() == (matched.role == "nonmember").sum()
    assert found.pairs + found.left_out_members == 300 == found.pairs + found.left_out_nonmembers
    assert found.left_out_members > 0


def test_as_many_pairs_as_there_can_be():
    """Without sex and site, against the greatest number of pairs on a line, by going along it."""
    rng = np.random.default_rng(1)
    n = 400
    age = np.where(np.arange(n) < 200, rng.normal(63, 5, n), rng.normal(58, 5, n))
    scans = make_scans(age)
    split = Split(np.where(np.arange(n) < 200, "member", "nonmember").astype("<U10"), np.arange(n) % 2 == 0)
    _, found = match(scans, split)
    most = sum(
        _along(np.sort(age[:200][split.attacker_knows[:200] == known]),
               np.sort(age[200:][split.attacker_knows[200:] == known]), found.caliper)
        for known in (True, False)
    )  # fmt: skip
    assert found.pairs == most


def _along(ours, others, caliper):
    i = j = pairs = 0
    while i < len(ours) and j < len(others):
        if abs(ours[i] - others[j]) <= caliper:
            i, j, pairs = i + 1, j + 1, pairs + 1
        elif ours[i] < others[j]:
            i += 1
        else:
            j += 1
    return pairs


def test_sessions_stay_with_their_person_and_a_person_is_paired_once():
    once, _ = match(*cohort())
    scans, split = cohort(sessions=2)
    twice, _ = match(scans, split)
    assert (twice.role.reshape(-1, 2) == once.role[:, None]).all()


def test_other_roles_stay():
    scans, split = cohort()
    role = split.role.copy()
    role[:5] = "validation"
    matched, _ = match(scans, Split(role, split.attacker_knows))
    assert (matched.role[:5] == "validation").all()


def test_too_few_pairs_are_refused_with_what_to_do():
    with pytest.raises(DataError, match=r"only \d+ pairs .* expected at least 20"):
        match(*cohort(older=60.0))


def test_pairs_are_of_one_sex_and_site_and_close_in_age():
    rng = np.random.default_rng(1)
    n = 200
    text = rng.integers(0, 2, (2, n)).astype(str)
    scans = Scans(np.arange(n).astype(str), np.full(n, ""), rng.uniform(45, 80, n), text[0], text[1])
    ours = np.arange(n) < 80
    kept = paired(scans, ours, ~ours)
    assert kept[ours].sum() == kept[~ours].sum() > 40
    for sex in "01":
        for site in "01":
            kind = kept & (scans.sex == sex) & (scans.site == site)
            mine, others = np.sort(scans.age[kind & ours]), np.sort(scans.age[kind & ~ours])
            assert np.abs(mine - others).max() <= CALIPER * scans.age.std() + 1e-9
