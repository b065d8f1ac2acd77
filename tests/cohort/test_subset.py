"""Some scans of a cohort, by their places, however the target reads them."""

from __future__ import annotations

import numpy as np

from in_memory import InMemory
from remembrain.cohort.arrays import ArrayInputs
from remembrain.cohort.subset import Subset
from remembrain.types import Filling

ARRAY = np.random.default_rng(0).normal(size=(7, 2, 3)).astype(np.float32)
PLACES = np.array([6, 0, 6, 3])


def test_a_subset_is_the_scans_at_its_places() -> None:
    for inputs in (InMemory(ARRAY), ArrayInputs(ARRAY)):
        some = Subset(inputs, PLACES)
        assert isinstance(some, Filling)
        assert (len(some), some.shape, some.front) == (4, (2, 3), (2, 3))
        assert np.array_equal(np.stack([some[place] for place in range(4)]), ARRAY[PLACES])
        assert some.keys() == [inputs.keys()[place] for place in PLACES]
        batch = np.empty((2, 2, 3), dtype=np.float32)
        some.fill(batch, np.array([3, 1]))
        assert np.array_equal(batch, ARRAY[[3, 0]])


def test_a_subset_of_a_subset_is_one() -> None:
    twice = Subset(Subset(InMemory(ARRAY), PLACES), np.array([3, 1]))
    assert np.array_equal(np.stack([twice[0], twice[1]]), ARRAY[[3, 0]])


def test_what_scans_are_without_what_stands_beside_them_is_theirs() -> None:
    inputs = InMemory(ARRAY)
    inputs.front = (2, 2)
    assert Subset(inputs, PLACES).front == (2, 2)
