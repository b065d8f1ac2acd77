"""People in a row of neighbours who are alike, and roles spread evenly over it."""

from __future__ import annotations

import numpy as np
import pytest
from made_cohorts import facts

from remembrain.cohort.meant import UNUSED
from remembrain.cohort.spreading import evenly, interleaved, numbers_of_roles, people_in_a_row, spread_roles
from remembrain.errors import DataError
from remembrain.types import ROLES


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
    row = [next(iter(np.flatnonzero(scans.participant_id == people[one]))) for one in np.argsort(place)]
    kinds = [(scans.site[one], scans.sex[one]) for one in row]
    changes = sum(one != other for one, other in zip(kinds[1:], kinds[:-1], strict=True))
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
