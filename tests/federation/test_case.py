"""Who attacks whom: nobody itself, from as many of its own people as of nobody's, and matched where that is asked."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from remembrain.cohort.arrays import make_scans
from remembrain.cohort.splits import Split
from remembrain.errors import DataError
from remembrain.federation.case import Case, Pairing, differing
from remembrain.federation.learners import write_learners
from remembrain.run import RunFolder

EACH = 30
LEARNER = np.repeat([0, 0, 1, 2, 3], EACH)


def case_of(tmp_path, older=0.0):
    """Return three learners of 30 people, the third older, and 60 people whom nobody has, half of them known."""
    rng = np.random.default_rng(0)
    age = rng.uniform(50, 70, len(LEARNER)) + older * (LEARNER == 3)
    scans = make_scans(age, [f"sub-{place:03d}" for place in range(len(LEARNER))])
    role = np.where(LEARNER > 0, "member", "nonmember").astype("<U10")
    material = SimpleNamespace(scans=scans, split=Split(role, np.arange(len(LEARNER)) % 2 == 0), label="age")
    run = RunFolder(tmp_path)
    write_learners(run, scans, LEARNER, {number: f"learner-{number}" for number in (1, 2, 3)})
    return Case.of(run, None, material, 0)


def test_nobody_s_people_are_known_or_tested_and_members_are_a_learner_s(tmp_path):
    case = case_of(tmp_path)
    assert not (case.pool & case.others).any()
    np.testing.assert_array_equal(case.nobody, LEARNER == 0)
    np.testing.assert_array_equal(case.own[2], LEARNER == 2)
    case.material.split.role[LEARNER == 0] = "member"
    with pytest.raises(DataError, match=r"sub-000.*is a member without a learner"):
        Case.of(case.run, None, case.material, 0)


def test_an_attacker_learns_from_as_many_of_its_own_as_of_nobody_s_and_is_not_tested_on_itself(tmp_path):
    case = case_of(tmp_path)
    pairing = Pairing.of(case, "unmatched")
    assert pairing.pairs == [(attacker, victim) for attacker in (1, 2, 3) for victim in (1, 2, 3) if attacker != victim]
    assert pairing.attackers == [1, 2, 3]
    for number, known in pairing.known.items():
        assert (known & case.own[number]).sum() == (known & case.pool).sum() == EACH
        assert known.sum() == 2 * EACH
        assert not (pairing.victims(number) & case.own[number]).any()
        assert not (pairing.tested[number] & case.pool).any()


def test_the_known_are_a_draw_that_the_seed_decides(tmp_path):
    case = case_of(tmp_path)
    one, again = (Pairing.of(case, "unmatched").known for _ in range(2))
    assert all(np.array_equal(one[number], again[number]) for number in one)


def test_people_of_other_ages_are_said_to_differ_and_have_nobody_to_be_matched_with(tmp_path):
    case = case_of(tmp_path, older=40.0)
    assert differing(case, Pairing.of(case, "unmatched")) == (
        "the people of learner-3 are of other ages, sexes or sites than people whom nobody has"
    )
    assert 3 not in Pairing.of(case, "matched").tested
    assert differing(case_of(tmp_path), Pairing.of(case_of(tmp_path), "unmatched")) == ""
