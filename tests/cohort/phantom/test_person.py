"""Synthetic people: who they are, and how far they have aged."""

from __future__ import annotations

import numpy as np

from remembrain.cohort.phantom import person
from remembrain.cohort.phantom.person import COMPONENTS, CORRELATION


def test_a_person_is_the_same_in_a_larger_cohort() -> None:
    alone, visiting = person(3, 17), person(3, 17, sessions=2)
    assert alone.ages[0] == visiting.ages[0]
    assert alone.sex == visiting.sex
    np.testing.assert_array_equal(alone.aging[0], visiting.aging[0])


def test_latents_have_the_stated_correlation_with_age() -> None:
    people = [person(2, index) for index in range(3000)]
    aging = np.array([someone.aging[0] for someone in people])
    ages = np.array([someone.ages[0] for someone in people])
    assert ages.min() >= 45
    assert ages.max() <= 82
    cost = np.abs(ages - ages.mean()).mean()
    assert 5.4 < cost < 6.1
    for place in range(len(COMPONENTS)):
        rho = CORRELATION[place] * ages.std() / 7.6
        expected = rho / np.sqrt(rho**2 + 1 - CORRELATION[place] ** 2)
        measured = np.corrcoef(aging[:, place], ages)[0, 1]
        standard_error = (1 - expected**2) / np.sqrt(len(people))
        assert abs(measured - expected) < 4 * standard_error, COMPONENTS[place]
