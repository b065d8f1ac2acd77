"""Errors on scans that are mirrored and moved, against scans that are turned by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from audited import Audited, drawn, scans, seen
from torch import nn


class Volumes(nn.Module):
    """Reads (batch, 1, x, y, z); what a voxel counts for depends on where it lies."""

    def __init__(self):
        super().__init__()
        self.hidden, self.output = nn.Linear(5 * 4 * 3, 6), nn.Linear(6, 1)

    def forward(self, x):
        return self.output(torch.tanh(self.hidden(x.flatten(1))))


def test_errors_in_disguise_are_those_of_the_scan_mirrored_and_moved(tmp_path):
    inputs, age = scans(3, (1, 5, 4, 3))
    target = Audited(drawn(Volumes()))
    found = seen(tmp_path, target, (inputs, age), ["error", "disguised-error"])
    for place in range(3):
        scan = inputs.array[place]
        left, right = scan[:, [0, 0, 1, 2, 3]], scan[:, [1, 2, 3, 4, 4]]
        up, down = scan[..., [0, 0, 1]], scan[..., [1, 2, 2]]
        for query, shown in enumerate((scan, scan[:, ::-1].copy(), left, right, up, down)):
            with torch.no_grad():
                years = target.module(torch.from_numpy(shown)[None]).item()
            assert found["disguised-error"][place, query] == pytest.approx(years - age[place], abs=1e-5)
    np.testing.assert_array_equal(found["disguised-error"][:, 0], found["error"])


def test_a_scan_in_disguise_leaves_every_other_signal_as_it_is(tmp_path):
    data, target = scans(4, (1, 5, 4, 3)), Audited(drawn(Volumes()))
    others = ["prediction", "gradient-magnitude", "gradient:output", "activation:hidden"]
    alone = seen(tmp_path / "a", target, data, others)
    together = seen(tmp_path / "b", target, data, ["disguised-error", *others])
    for name in others:
        np.testing.assert_array_equal(alone[name], together[name])


def test_a_row_of_a_table_has_no_disguise(tmp_path):
    found = seen(tmp_path, names=["error", "disguised-error"])
    np.testing.assert_array_equal(found["disguised-error"][:, 0], found["error"])
    assert found["disguised-error"].shape[1:] == (1,)
