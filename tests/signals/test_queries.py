"""Scans in disguise, against arrays that are turned and moved by hand."""

from __future__ import annotations

import numpy as np

from in_memory import InMemory
from remembrain.signals.queries import QUERIES, Queried, queries_for


def test_disguises_are_what_they_say() -> None:
    volume = np.arange(2 * 3 * 4, dtype=np.float32).reshape(1, 2, 3, 4)
    by_name = {query.name: query(volume) for query in QUERIES}
    np.testing.assert_array_equal(by_name["as-it-is"], volume)
    np.testing.assert_array_equal(by_name["mirrored"], volume[:, ::-1])
    np.testing.assert_array_equal(by_name["up"][..., 1:], volume[..., :-1])
    np.testing.assert_array_equal(by_name["up"][..., 0], volume[..., 0])
    np.testing.assert_allclose(by_name["brighter"] * by_name["darker"], volume**2, rtol=1e-5)
    assert len({query.name for query in QUERIES}) == len(QUERIES) == 8
    assert queries_for((10,), 5) == QUERIES[:1]
    shown = Queried(InMemory(np.zeros((2, 1, 2, 3, 4))), QUERIES[1])
    assert shown[0].shape == (1, 2, 3, 4)
    assert len(set(shown.keys())) == 1
