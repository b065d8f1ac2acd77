"""The signed error of the prediction."""

from __future__ import annotations

import pytest
from audited import mixed_target, resolved

from remembrain.signals._signal import Seen


@pytest.mark.parametrize(("predicted", "true"), [(63.5, 60.0), (58.0, 60.0)])
def test_it_is_predicted_minus_true_years(predicted: float, true: float) -> None:
    signal = resolved(mixed_target(), "error")["error"]
    assert float(signal.row(Seen(predicted, true, {}, {}, {}))) == predicted - true
    assert (signal.shape, signal.parameters, signal.described()) == ((), (), "")
