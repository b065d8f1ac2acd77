"""Which parameter tensors have a gradient whose size tells anything."""

from __future__ import annotations

import pytest
import torch
from audited import Audited, Mixed, drawn, mixed_target, resolved

from remembrain.errors import DataError


def test_magnitudes_leave_out_what_has_no_true_gradient():
    signal = resolved(mixed_target(), "gradient-magnitude")["gradient-magnitude"]
    assert signal.parameters == (
        "output.weight",
        "output.bias",
        "hidden.weight",
        "hidden.bias",
        "batch_norm.weight",
        "batch_norm.bias",
        "layer_norm.weight",
        "layer_norm.bias",
        "conv.weight",
    )
    assert signal.shape == (9,)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_what_counts_as_a_true_gradient_does_not_depend_on_scale(scale):
    expected = resolved(mixed_target(), "gradient-magnitude")["gradient-magnitude"].parameters
    target = mixed_target()
    with torch.no_grad():
        target.module.output.weight.mul_(scale)
        target.module.output.bias.mul_(scale)
    assert resolved(target, "gradient-magnitude")["gradient-magnitude"].parameters == expected


def test_a_network_that_does_not_run_in_double_precision_is_refused_with_what_to_do():
    class Single(Mixed):
        def forward(self, x):
            return super().forward(x.float())

    with pytest.raises(DataError, match="double precision") as caught:
        resolved(Audited(drawn(Single())), "gradient-magnitude")
    assert "attacks without gradient-magnitude" in str(caught.value)
