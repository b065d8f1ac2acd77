"""How it is told in what groups differ, and what few people leave open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remembrain.evidence.factors import LIMIT, MEASURE, Factor, Groups, in_words

DIFFERS = Factor("age", "", MEASURE, 0.5, 0.3, 0.7, 1e-6, 150, 150, p_holm=2e-6, differs=True)
ALIKE = Factor("sex", "F", MEASURE, 0.02, -0.2, 0.24, 0.8, 150, 150, p_holm=0.8)


def test_what_differs_is_named_with_the_largest_difference():
    assert in_words([DIFFERS, ALIKE], by_lot=False) == (
        "members and non-members differ in age (largest for age: standardised mean difference +0.50, 95 % interval "
        "+0.30 to +0.70, p < 0.0001)"
    )
    assert Groups((DIFFERS, ALIKE), "").differ
    assert not Groups((ALIKE,), "").differ


def test_what_lies_within_the_limits_is_tolerable():
    why = in_words([ALIKE], by_lot=False)
    assert why.startswith("no difference between members and non-members was shown in sex; all are within")
    assert abs(ALIKE.low) < ALIKE.high < LIMIT


def test_few_people_do_not_show_that_groups_are_alike():
    few = Factor("age", "", MEASURE, 0.1, -0.3, 0.5, 0.6, 50, 50, p_holm=0.6)
    assert (
        "this does not show that they are alike: with 50 and 50 people they may be 0.50 apart in age "
        "(standardised mean difference)" in in_words([few, ALIKE], by_lot=False)
    )


def test_groups_that_were_drawn_by_lot_differ_by_chance():
    lot = "who is a member was drawn by lot, so that differences in age and sex are chance"
    assert in_words([replace(DIFFERS, differs=False), ALIKE], by_lot=True) == lot


def test_a_factor_leaves_in_steps_that_no_person_fills():
    written = Factor("age", "", MEASURE, 0.513, 0.318, 0.709, 3e-5, 30, 40, p_holm=0.02).written()
    # 1 / 30 is told in steps of 0.05, its interval no narrower than it is
    assert written.ends() == (pytest.approx(0.5), pytest.approx(0.3), pytest.approx(0.75))
    assert (written.p_value, written.p_holm, written.n_members) == (0.0001, 0.05, 30)


def test_nothing_known_is_said():
    assert in_words([], by_lot=False) == "nothing is known in which members and non-members could differ"
