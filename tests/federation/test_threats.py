"""From which round on leakage is shown, and where training could have stopped."""

from __future__ import annotations

import pytest

from remembrain.federation.threats import started
from remembrain.record.federation import Looked, Started
from remembrain.record.numbers import NamedNumber


def looked(round_, **lows):
    auc = tuple(
        NamedNumber(name=name, value=None if low is None else low + 0.1, low=low, high=None)
        for name, low in lows.items()
    )
    return Looked(round=round_, mae_unseen=10.0 - round_, auc=auc)


@pytest.mark.parametrize(
    ("trend", "expected"),
    [
        ((), None),
        ((looked(0, a=0.4), looked(4, a=0.45)), None),
        ((looked(0, a=0.4), looked(4, a=0.6), looked(8, a=None)), None),
        (
            (looked(0, a=0.6), looked(4, a=0.4), looked(8, a=0.55)),  # it went back to guessing in between
            Started(attack="a", round=8, mae_unseen=2.0, stop_at=4, mae_at_stop=6.0),
        ),
        (
            (looked(0, a=0.4, b=0.4), looked(4, a=0.4, b=0.51), looked(8, a=0.9, b=0.52)),
            Started(attack="b", round=4, mae_unseen=6.0, stop_at=0, mae_at_stop=10.0),
        ),
        ((looked(0, a=0.6), looked(4, a=0.6)), Started(attack="a", round=0, mae_unseen=10.0)),
    ],
)
def test_it_starts_where_an_interval_begins_to_stay_above_chance(trend, expected):
    assert started(trend) == expected
