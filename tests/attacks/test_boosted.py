"""Boosted trees on what a black box says and on the last layer's gradient."""

from __future__ import annotations

import numpy as np
from made_signals import halves, made

from remembrain.attacks.boosted import Boosted
from remembrain.types import Known


def test_where_signals_tell_nothing_the_score_is_zero_however_unequal_the_groups() -> None:
    signals = {name: np.ones(200) for name in ("prediction", "label", "error")} | {"gradient:output": np.ones((200, 3))}
    known = Known(signals, np.arange(200) < 150, np.arange(200).astype(str))
    np.testing.assert_allclose(Boosted().score(known, signals, np.random.default_rng(0)), 0, atol=1e-9)


def test_the_sign_of_a_gradient_tells_nothing() -> None:
    known, unknown, _ = halves(*made(200, leak=0.9))
    turned = unknown | {"gradient:output": -unknown["gradient:output"]}
    first, second = (Boosted().score(known, asked, np.random.default_rng(0)) for asked in (unknown, turned))
    assert np.array_equal(first, second)
    assert np.ptp(first) > 1
