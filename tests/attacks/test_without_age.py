"""Who lacks the age tells members by how predictions moved."""

from __future__ import annotations

import numpy as np
from made_references import made
from made_signals import split

from remembrain.attacks.without_age import WithoutAge
from remembrain.evidence.metrics import auc


def test_who_lacks_the_age_tells_members_whose_predictions_moved() -> None:
    signals, member = made(3000, 16, 4, shrink=0.0, spread=6.0)
    moved = dict(signals)
    known, asked, answer = split(moved, member)
    score = WithoutAge().score(known, asked, np.random.default_rng(0))
    other = asked | {"label": asked["label"] + 100.0}
    np.testing.assert_allclose(WithoutAge().score(known, other, np.random.default_rng(0)), score)
    assert auc(answer, score) > 0.6
