"""What a network reads beside the scan reaches it as it was given, and travels with the scan."""

import numpy as np
import pytest
import torch
from torch import nn

from in_memory import InMemory
from remembrain.cohort.subset import Subset
from remembrain.errors import DataError
from remembrain.signals.queries import QUERIES, Queried
from remembrain.targets.beside import Beside, accompany

SCANS = np.arange(2 * 24, dtype=np.float32).reshape(2, 1, 2, 3, 4)
NAMES = ["sub-1", "sub-2"]


class Keeping(nn.Module):
    def forward(self, *given):
        self.given = given
        return given[0].flatten(1).sum(1)


def given(extra, inputs=None):
    """What a network gets of both scans as one batch."""
    rows, beside = accompany(inputs or InMemory(SCANS), extra, NAMES)
    module = Keeping()
    with beside.given_to(module):
        module(torch.from_numpy(np.stack([rows[0], rows[1]])))
    assert not module._forward_pre_hooks
    return module.given


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ([0, 1], [torch.tensor([0, 1])]),
        ([0.5, 1.5], [torch.tensor([0.5, 1.5])]),
        ([True, False], [torch.tensor([1, 0])]),
        ([torch.tensor([1.0]), torch.tensor([2.0])], [torch.tensor([[1.0], [2.0]])]),
        ([np.array([1, 0]), np.array([0, 1])], [torch.tensor([[1, 0], [0, 1]])]),
        (
            [(1, torch.tensor([[0.5, 2]])), (0, torch.tensor([[3, 4.0]]))],
            [torch.tensor([1, 0]), torch.tensor([[[0.5, 2]], [[3, 4]]])],
        ),
    ],
)
def test_every_further_argument_has_its_own_shape_and_type(extra, expected):
    scan, *further = given(extra)
    assert torch.equal(scan, torch.from_numpy(SCANS))
    assert len(further) == len(expected)
    for one, other in zip(further, expected, strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)


def test_a_disguise_is_the_scan_s_alone():
    rows, beside = accompany(InMemory(SCANS), [(1, 0.5), (0, 0.25)], NAMES)
    for query in QUERIES:
        shown = Queried(Subset(rows, np.array([1, 0])), query)
        scan, whole, number = beside(nn.Identity(), (torch.from_numpy(shown[0])[None],))
        assert torch.equal(scan[0], torch.from_numpy(query(SCANS[1])))
        assert (whole.item(), number.item()) == (0, 0.25)


def test_the_same_scan_beside_another_number_has_another_key():
    keys = [accompany(InMemory(SCANS), [value, 1], NAMES)[0].keys() for value in (0, 1)]
    assert keys[0][0] != keys[1][0]
    assert keys[0][1] == keys[1][1]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ([0, None], r"sub-2: extra gives None; expected a number or a tensor"),
        (["F", "M"], r"sub-1: extra gives 'F'"),
        ([0, torch.nan], r"sub-2: extra gives"),
        ([0, torch.zeros(2)], r"sub-2: extra gives shapes \(\(2,\),\), and \(\(\),\)"),
        ([0, 2**25], r"sub-2: extra gives .*2\*\*24"),
    ],
)
def test_what_is_no_number_or_of_another_shape_is_refused_with_whose_it_is(extra, message):
    with pytest.raises(DataError, match=message):
        accompany(InMemory(SCANS), extra, NAMES)


def test_how_a_row_is_taken_apart_is_kept_and_compared():
    assert accompany(InMemory(SCANS), [0, 1], NAMES)[1] == Beside((1, 2, 3, 4), ((),), (True,))
