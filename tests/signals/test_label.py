"""The true age, whatever the target says."""

from __future__ import annotations

from audited import mixed_target, resolved

from remembrain.signals._signal import Seen


def test_it_is_true_years_and_no_question_to_the_target() -> None:
    signal = resolved(mixed_target(), "label")["label"]
    rows = [float(signal.row(Seen(predicted, 60.25, {}, {}, {}))) for predicted in (10.0, 90.0)]
    assert rows == [60.25, 60.25]
    assert (signal.shape, signal.dtype, signal.parameters, signal.layers, signal.disguises) == ((), "<f8", (), (), ())
