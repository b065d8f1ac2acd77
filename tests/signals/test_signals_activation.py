"""What a layer puts out, in half precision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from audited import mixed_target, resolved, scans, seen

from remembrain.errors import DataError
from remembrain.signals._signal import Seen


def test_it_is_what_the_layer_puts_out_for_the_scan(tmp_path) -> None:
    inputs, age = scans()
    found = seen(tmp_path, data=(inputs, age), names=["activation:conv"])["activation:conv"]
    assert found.dtype == np.float16
    with torch.no_grad():
        expected = mixed_target().module.conv(torch.from_numpy(inputs.array)).numpy()[:, None]
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=1e-6)  # half precision has 11 bits


def test_numbers_beyond_half_precision_end_at_its_largest() -> None:
    signal = resolved(mixed_target(), "activation:conv")["activation:conv"]
    row = signal.row(Seen(0.0, 0.0, {}, {"conv": torch.tensor([-1e9, 2.5, 1e9])}, {}))
    assert row.astype("<f2").tolist() == [-65504.0, 2.5, 65504.0]
    assert (signal.layers, signal.shape, signal.described()) == (("conv",), (1, 4, 9), "conv")


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError, match="expected one of conv, hidden, output"):
        resolved(mixed_target(), "activation:nothing")
