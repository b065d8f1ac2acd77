"""Rounds: whom the attacker knows and whom it decides about, on real membership and on nobody's."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.audits.rounds import draws_of, known_counts, null_rounds, real_rounds, rounds_of_audit
from remembrain.cohort.arrays import make_scans
from remembrain.cohort.splits import Split

PEOPLE, SIDE = 120, 50
PERSON = np.repeat([f"sub-{place:03d}" for place in range(PEOPLE)], 2)
SCANS = make_scans(np.linspace(45, 80, 2 * PEOPLE), PERSON.tolist(), ["ses-1", "ses-2"] * PEOPLE)
PLACE = np.repeat(np.arange(PEOPLE), 2)
ROLE = np.where(PLACE < SIDE, "member", np.where(PLACE < 2 * SIDE, "nonmember", "validation"))
SPLIT = Split(ROLE, (PLACE % 5 == 0) & (PLACE < 2 * SIDE))


def people(places: np.ndarray) -> set[str]:
    return set(PERSON[places].tolist())


def test_the_first_draw_is_the_split_s_and_others_know_as_many_people() -> None:
    draws = draws_of(SCANS, SPLIT, 4, seed=3)
    assert draws[0] is SPLIT.attacker_knows
    assert known_counts(SCANS, SPLIT, draws) == (10, 10)
    assert len({draw.tobytes() for draw in draws}) == 4


def test_a_real_round_knows_and_tests_everybody_once_and_nobody_of_another_role() -> None:
    for played in real_rounds(SPLIT, draws_of(SCANS, SPLIT, 3, seed=3)):
        assert not people(played.known) & people(played.tested)
        assert people(played.known) | people(played.tested) == people(SPLIT.index("member", "nonmember"))
        assert (played.member == (ROLE == "member")).all()


def test_the_null_is_of_non_members_alone_half_of_whom_are_called_members() -> None:
    first, second = null_rounds(SCANS, SPLIT, 5, seed=3)
    assert people(first.known) | people(first.tested) == people(SPLIT.index("nonmember"))
    assert not people(first.known) & people(first.tested)
    called = people(np.flatnonzero(first.member))
    assert called < people(SPLIT.index("nonmember"))
    assert len(called) == SIDE // 2
    assert (first.member == second.member).all(), "who is called a member is drawn once"
    assert people(first.known) != people(second.known)
    assert len(people(first.known) & called) == SIDE // 4


@pytest.mark.parametrize(("known", "kinds"), [(True, ["everybody", "swapped"]), (False, [])])
def test_everybody_is_asked_about_where_enough_are_known(known: bool, kinds: list[str]) -> None:
    split = SPLIT if known else Split(ROLE, np.zeros(len(ROLE), dtype=bool))
    rounds = rounds_of_audit(SCANS, split, [split.attacker_knows], 1, seed=3)
    assert [played.kind for played in rounds] == ["real", "null", *kinds]
    if kinds:
        real, _, everybody, swapped = rounds
        assert set(everybody.tested) == {*real.known, *real.tested}
        assert (swapped.known.tolist(), swapped.tested.tolist()) == (real.tested.tolist(), real.known.tolist())
