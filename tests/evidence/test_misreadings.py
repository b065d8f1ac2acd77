"""What predictions look like that are off: each way is made and told, and nothing is said where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from remembrain.evidence.misreadings import hints

AGE = np.random.default_rng(0).uniform(45, 80, 200)
NEAR = AGE + np.random.default_rng(1).normal(0, 3, 200)


@pytest.mark.parametrize(
    ("predicted", "hint"),
    [
        (12 * NEAR, "months, where the age is in years (about 12 times the age)"),
        (365.25 * NEAR, "days, where the age is in years"),
        (NEAR / 100, "the age divided by 100"),
        ((NEAR - NEAR.mean()) / NEAR.std(), "z-scores (mean "),
        ((NEAR - NEAR.min()) / np.ptp(NEAR), "a label between 0 and 1"),
        (NEAR + 20, "are off the age by about +2"),
        (200 - NEAR, "the greater the age, the smaller they are (r = -0.9"),
        (3 * NEAR - 100, "are in another scale: the age is about"),
        (np.full(200, 61.5), "everybody is predicted the same number (61.5)"),
    ],
)
def test_what_is_off_is_told(predicted, hint):
    (first, *_) = hints(predicted, AGE, "the age", "age")
    assert hint in first


def test_what_is_near_is_no_worth_a_word():
    assert hints(AGE, AGE, "the age", "age") == ()
    assert hints(NEAR, AGE, "the age", "age") == ()
    assert hints(NEAR + 20, AGE, "the age", "age", least=30) == ()


def test_nothing_is_said_beside_people_of_one_age():
    assert hints(NEAR, np.full(200, 60.0), "the age", "age") == ()
