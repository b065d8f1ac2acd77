"""What is learned of simulated people holds for everybody alike, whoever else is asked about, and in any order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_survey import asked_about, made, seen
from remembrain.survey.attacks.learned import Learned


@pytest.mark.parametrize(
    "places", [np.random.default_rng(3).permutation(40), np.array([4, 17, 33])], ids=["another order", "fewer"]
)
def test_a_score_does_not_hang_on_who_else_is_asked_about_nor_on_their_order(places: np.ndarray) -> None:
    """Which answers its simulated people lack is drawn by place, so that here none is."""
    view = seen(asked_about(40, 0.0), made(90, numbers=1, missing=0.1), made(200, numbers=1, seed=2))
    others = replace(view, cells=view.cells[places], values=view.values[places], counts=view.counts[places])
    scores = [Learned().score(asked, np.random.default_rng(1)) for asked in (view, others)]
    np.testing.assert_allclose(scores[1], scores[0][places], rtol=1e-8, atol=1e-10)
