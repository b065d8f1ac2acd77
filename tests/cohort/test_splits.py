"""Splits: by person and never by scan, alike in age, sex and site; people in a row, and roles spread over it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cohorts import facts, one_value_each, people_of, split_of

from remembrain.cohort.meant import UNUSED
from remembrain.cohort.splits import (
    draw_known,
    evenly,
    interleaved,
    numbers_of_roles,
    people_in_a_row,
    spread_roles,
)
from remembrain.errors import DataError
from remembrain.types import ROLES


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# Made here


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 150), st.integers(1, 3), st.integers(0, 10_000), st.floats(0.1, 0.9))
def test_all_scans_of_a_person_stand_on_one_side(people: int, sessions: int, seed: int, known: float) -> None:
    scans = facts(people, sessions, seed)
    keep = rng(seed).random(len(scans)) > 0.1  # some people come less often
    keep[np.unique(scans.participant_id, return_index=True)[1]] = True
    scans = scans.take(keep)
    split = split_of(scans, seed, known=known)
    assert one_value_each(scans, split.role)
    assert one_value_each(scans, split.attacker_knows)
    sizes = [len(people_of(scans, split, role)) for role in ROLES]
    assert sizes == [int(share * people + 1e-9) for share in (0.4, 0.4, 0.1, 0.0, 0.0)]
    for role, size in zip(ROLES[:2], sizes[:2], strict=True):
        heard_of = set(scans.participant_id[split.attacker_knows & (split.role == role)].tolist())
        assert len(heard_of) == round(known * size)
    assert not split.attacker_knows[~np.isin(split.role, ROLES[:2])].any()


@pytest.mark.parametrize(
    "numbers", [(20, 20, 0, 0), (37, 51, 12, 0), (60, 30, 10, 0), (33, 33, 33, 1), (30, 30, 0, 40)]
)
def test_numbers_of_people_are_exact(numbers: tuple[int, int, int, int]) -> None:
    scans = facts(100, 2)
    split = split_of(scans, **dict(zip(("member", "nonmember", "validation", "population"), numbers, strict=True)))
    assert tuple(len(people_of(scans, split, role)) for role in ROLES[:4]) == numbers
    assert len(people_of(scans, split, "unused")) == 100 - sum(numbers)
    assert len(split.used()) == 2 * sum(numbers)


@pytest.mark.parametrize("hundredth", range(21, 80))
def test_shares_of_a_hundred_people_are_exact_whatever_binary_fractions_do(hundredth: int) -> None:
    scans = facts(100)
    split = split_of(scans, member=hundredth / 100, nonmember=0.2, validation=0.0)
    assert len(people_of(scans, split, "member")) == hundredth


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((40, 50, 0.05, 0.15), (40, 50, 2, 7)),
        ((40, 60, 0.05, 0.15), (40, 60, 0, 0)),
        ((50, 0.5, 0.25, 0.25), (50, 25, 12, 12)),
        ((40, 40, 0.05, 0.15), (40, 40, 5, 15)),
    ],
)
def test_shares_are_cut_to_what_numbers_leave(
    asked: tuple[float, float, float, float], found: tuple[int, int, int, int]
) -> None:
    scans = facts(100)
    split = split_of(scans, **dict(zip(("member", "nonmember", "validation", "population"), asked, strict=True)))
    assert tuple(len(people_of(scans, split, role)) for role in ROLES[:4]) == found


def test_same_seed_same_split_and_another_seed_another() -> None:
    scans = facts(120, 2)
    one, two, other = split_of(scans, 7), split_of(scans, 7), split_of(scans, 8)
    np.testing.assert_array_equal(one.role, two.role)
    np.testing.assert_array_equal(one.attacker_knows, two.attacker_knows)
    assert (one.role != other.role).any()


def test_the_order_of_the_scans_changes_nothing() -> None:
    scans = facts(80)
    order = rng(3).permutation(80)
    one, moved = split_of(scans), split_of(scans.take(order))
    np.testing.assert_array_equal(one.take(order).role, moved.role)
    np.testing.assert_array_equal(one.take(order).attacker_knows, moved.attacker_knows)


def standardised_difference(one: np.ndarray, two: np.ndarray) -> float:
    return abs(one.mean() - two.mean()) / np.sqrt((one.var() + two.var()) / 2)


@pytest.mark.parametrize("seed", range(12))
def test_members_and_nonmembers_are_alike(seed: int) -> None:
    scans = facts(200, seed=seed)
    split = split_of(scans, seed, member=80, nonmember=80, validation=20)
    members, others = scans.take(split.index("member")), scans.take(split.index("nonmember"))
    # by chance alone the SD of this difference is sqrt(1/80 + 1/80) = 0.16
    assert standardised_difference(members.age, others.age) < 0.06
    for values, mine, theirs in ((scans.sex, members.sex, others.sex), (scans.site, members.site, others.site)):
        for level in np.unique(values):
            assert abs(np.count_nonzero(mine == level) - np.count_nonzero(theirs == level)) <= 3, level


def test_stratifying_beats_chance_on_the_average() -> None:
    """Counts of sex and site differ by 1 or 2; drawn blindly they would differ by 6.3 at 80 against 80."""
    gaps = []
    for seed in range(20):
        scans = facts(200, seed=seed)
        split = split_of(scans, seed, member=80, nonmember=80, validation=20)
        member, other = split.role == "member", split.role == "nonmember"
        levels = [values == level for values in (scans.sex, scans.site) for level in np.unique(values)]
        gaps += [np.count_nonzero(member & level) - np.count_nonzero(other & level) for level in levels]
    assert np.sqrt(np.mean(np.square(gaps))) < 1.3
    assert abs(np.mean(gaps)) < 0.5


def test_everybody_becomes_a_member_equally_often() -> None:
    scans = facts(60)
    often = sum((split_of(scans, seed).role == "member").astype(int) for seed in range(200))
    # the share of members is 0.4; of 60 people one is beyond 4.5 standard errors once in 2,500 times
    assert np.abs(often / 200 - 0.4).max() < 4.5 * np.sqrt(0.4 * 0.6 / 200)


# Whom the attacker knows


def test_the_attacker_knows_as_many_members_as_nonmembers() -> None:
    scans = facts(120, 2)
    split = split_of(scans, member=60, nonmember=30, validation=20)
    known = draw_known(split, scans, rng(), 0.5)
    assert one_value_each(scans, known)
    for role in ("member", "nonmember"):
        assert len(set(scans.participant_id[known & (split.role == role)].tolist())) == 15


def test_those_known_and_those_not_are_alike() -> None:
    differences = []
    for seed in range(10):
        scans = facts(200, seed=seed)
        split = split_of(scans, seed, member=80, nonmember=80, validation=20)
        for role in ("member", "nonmember"):
            mine = split.role == role
            differences.append(
                standardised_difference(scans.age[mine & split.attacker_knows], scans.age[mine & ~split.attacker_knows])
            )
    # by chance alone: sqrt(1/40 + 1/40) * sqrt(2/pi) = 0.18 on the average
    assert np.mean(differences) < 0.06


def test_other_draws_know_other_people() -> None:
    scans = facts(100)
    split = split_of(scans)
    assert (draw_known(split, scans, rng(1), 0.5) != draw_known(split, scans, rng(2), 0.5)).any()


# Refused


def test_too_few_people_are_refused() -> None:
    with pytest.raises(DataError, match=r"100 people; expected at least 101"):
        split_of(facts(100), member=51, nonmember=50, validation=0)
    with pytest.raises(DataError, match=r"100 people; expected at least 110"):
        split_of(facts(100), member=0.6, nonmember=0.5, validation=0)
    with pytest.raises(DataError, match=r"19 members; expected at least 20: fewer people prove nothing"):
        split_of(facts(100), member=19, nonmember=50, validation=0)
    with pytest.raises(DataError, match=r"12 non-members"):
        split_of(facts(100, 3), member=40, nonmember=12, validation=0)


@pytest.mark.parametrize("known", [0.0, 1.0])
def test_an_attacker_who_knows_nobody_or_everybody_is_refused(known: float) -> None:
    with pytest.raises(DataError, match=r"the attacker knows (0|40) of 40 members.*some known to learn from"):
        split_of(facts(100), known=known)


# People in a row


@pytest.mark.parametrize(
    ("asked", "people", "numbers"),
    [
        ((0.4, 0.4, 0.05, 0.15, 0), 200, [80, 80, 10, 30, 0]),
        ((150, 0.5, 0.5, 0.0, 10), 200, [150, 20, 20, 0, 10]),  # shares are cut to what numbers leave
        ((0.29, 0.0, 0.0, 0.0, 0), 100, [29, 0, 0, 0, 0]),  # 0.29 * 100 is 28.999… in binary
    ],
)
def test_numbers_go_first_and_shares_are_of_everybody(asked: tuple, people: int, numbers: list[int]) -> None:
    assert numbers_of_roles(asked, people) == numbers


@pytest.mark.parametrize(("asked", "least"), [((150, 100, 0, 0, 0), 250), ((0.6, 0.5, 0.0, 0.0, 0), 220)])
def test_more_people_than_there_are_is_refused_with_how_many_it_takes(asked: tuple, least: int) -> None:
    with pytest.raises(DataError, match=f"at least {least}"):
        numbers_of_roles(asked, 200)


def test_neighbours_are_of_one_site_and_sex_and_near_in_age() -> None:
    scans = facts(300, sessions=2)
    people, place = people_in_a_row(scans)
    assert sorted(place.tolist()) == list(range(300))
    row = [next(iter(np.flatnonzero(scans.participant_id == people[person]))) for person in np.argsort(place)]
    kinds = [(scans.site[scan], scans.sex[scan]) for scan in row]
    changes = sum(kind != other for kind, other in zip(kinds[1:], kinds[:-1], strict=True))
    assert changes == len(set(kinds)) - 1
    # up in one kind, down in the next: no jump in age as large as from the oldest to the youngest
    assert np.abs(np.diff(scans.age[row])).max() < 15


def test_only_neighbours_change_places() -> None:
    place = np.random.default_rng(0).permutation(101)
    order = interleaved(place, np.random.default_rng(1))
    assert sorted(order.tolist()) == list(range(101))
    assert set(np.abs(place[order] - np.arange(101)).tolist()) == {0, 1}


def test_every_run_has_its_share_of_each_role() -> None:
    roles = spread_roles([80, 80, 10, 30, 0], 240)
    assert {role: int((roles == role).sum()) for role in (*ROLES, UNUSED)} == dict(
        zip((*ROLES, UNUSED), (80, 80, 10, 30, 0, 40), strict=True)
    )
    for start in range(0, 240, 24):
        assert (roles[start : start + 24] == "member").sum() == 8


def test_places_are_at_equal_distances() -> None:
    places = evenly(10, 100, np.random.default_rng(0))
    assert set(np.diff(places).tolist()) == {10}
    assert 0 <= places[0] < 10
    assert evenly(0, 100, np.random.default_rng(0)).tolist() == []
