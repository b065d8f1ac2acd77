"""Rows of an array that may be larger than memory, and facts that stay with their scans."""

from __future__ import annotations

from typing import get_args

import numpy as np

from remembrain.types import GRAVITY, FindingStatus, Rows, Scans


class Watched:
    """An array that tells which of its rows were read."""

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.read, self.shape = array, [], array.shape

    def __getitem__(self, index: np.ndarray) -> np.ndarray:
        self.read.append(np.asarray(index).tolist())
        return self.array[index]


def test_rows_are_those_of_their_places_and_only_those_asked_for_are_read() -> None:
    source = Watched(np.arange(24.0).reshape(8, 3))
    rows = Rows(source, np.array([6, 1, 3]))
    assert (len(rows), rows.shape) == (3, (3, 3))
    assert rows.take(np.array([2, 0]))[:, 0].tolist() == [9.0, 18.0]
    assert source.read == [[3, 6]]
    assert np.array_equal(np.asarray(rows), source.array[[6, 1, 3]])
    assert np.asarray(rows, dtype=np.float32).dtype == np.float32


def test_facts_are_taken_together_and_named_by_person_and_session() -> None:
    scans = Scans(
        np.array(["sub-1", "sub-2", "sub-2"]), np.array(["", "ses-1", "ses-2"]), np.array([50.0, 60.0, 62.0]),
        np.array(["F", "M", "M"]), np.array(["A", "B", "B"]),
    )  # fmt: skip
    assert list(scans.labels()) == ["sub-1", "sub-2 ses-1", "sub-2 ses-2"]
    taken = scans.take(np.array([2, 0]))
    assert len(taken) == 2
    assert list(taken.labels()) == ["sub-2 ses-2", "sub-1"]
    assert (taken.age.tolist(), taken.sex.tolist(), taken.site.tolist()) == ([62.0, 50.0], ["M", "F"], ["B", "A"])
    assert len(scans.take(scans.age > 55)) == 2


def test_the_gravest_finding_stands_first() -> None:
    assert GRAVITY[0] == "members recognised"
    assert GRAVITY[-1] == "not detected"
    assert set(GRAVITY) == set(get_args(FindingStatus))
