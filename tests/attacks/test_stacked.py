"""What is learned of two attacks is no worse than either."""

from __future__ import annotations

import numpy as np
import pytest
from made_references import made
from made_signals import split

from remembrain.attacks.bavaria import Bavaria
from remembrain.attacks.quadratic_discriminant import QuadraticDiscriminant
from remembrain.attacks.stacked import Stacked
from remembrain.evidence.metrics import auc


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_stacked_is_no_worse_than_its_parts_where_members_are_known_by_heart(share: float) -> None:
    signals, member = made(1600, 8, 11, shrink=0.3)
    own = np.where(member, share, 1.0) * (signals["error"] + np.where(member, signals["error"], 0.0))
    signals = signals | {"error": own, "references/target": own[:, None]}
    signals["disguised-error"] = np.column_stack([own, signals["disguised-error"][:, 1:]])
    known, asked, answer = split(signals, member)
    parts = [
        auc(answer, one.score(known, asked, np.random.default_rng(0))) for one in (QuadraticDiscriminant(), Bavaria())
    ]
    found = auc(answer, Stacked().score(known, asked, np.random.default_rng(0)))
    # two of 400 + 400 people each may change places: what few numbers of a regression cost
    assert found > max(parts) - 0.01
