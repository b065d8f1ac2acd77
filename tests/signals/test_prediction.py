"""The predicted age."""

from __future__ import annotations

from audited import mixed_target, resolved

from remembrain.signals._signal import Seen


def test_it_is_predicted_years_whatever_the_truth() -> None:
    signal = resolved(mixed_target(), "prediction")["prediction"]
    rows = [float(signal.row(Seen(61.125, true, {}, {}, {}))) for true in (10.0, 90.0)]
    assert rows == [61.125, 61.125]
    assert (signal.shape, signal.dtype, signal.parameters, signal.layers, signal.disguises) == ((), "<f8", (), (), ())
