"""Scans as tensors, whichever way they are read."""

from __future__ import annotations

import numpy as np
import torch

from in_memory import InMemory
from remembrain.targets.batches import batches, read


class Filled(InMemory):
    """Scans that write themselves into a batch, and cannot be had one by one."""

    def __getitem__(self, index: int) -> np.ndarray:
        raise AssertionError(index)

    def fill(self, batch: np.ndarray, places: np.ndarray) -> None:
        batch[:] = self.array[places]


def test_scans_come_in_the_order_asked_for_one_by_one_or_together() -> None:
    array = np.random.default_rng(0).normal(size=(9, 2, 3))
    places = np.array([7, 0, 7, 3])
    for inputs in (InMemory(array), Filled(array)):
        scans = read(inputs, places)
        assert scans.dtype == torch.float32
        assert np.array_equal(scans.numpy(), array[places].astype(np.float32))


def test_an_order_is_cut_into_batches_of_which_the_last_may_be_smaller() -> None:
    inputs, order = InMemory(np.arange(10.0)[:, None]), np.array([9, 1, 8, 2, 7])
    cut = list(batches(inputs, order, 2))
    assert [places.tolist() for places, _ in cut] == [[9, 1], [8, 2], [7]]
    assert [scans[:, 0].tolist() for _, scans in cut] == [[9.0, 1.0], [8.0, 2.0], [7.0]]
    assert list(batches(inputs, order[:0], 2)) == []
