"""The ratio of likelihoods among people who are alike."""

from __future__ import annotations

import numpy as np
from made_references import made
from made_signals import split

from remembrain.attacks.rmia import Rmia


def test_rmia_ranks_by_the_ratio_among_people_alike() -> None:
    signals, member = made(800, 4, 6)
    known, asked, _ = split(signals, member)
    score = Rmia().score(known, asked, np.random.default_rng(0))
    furthest = int(np.abs(asked["references/target"]).argmax())
    target = asked["references/target"].copy()
    target[furthest] = 0.0
    closer = Rmia().score(known, asked | {"references/target": target}, np.random.default_rng(0))
    assert closer[furthest] > score[furthest]
