"""The published forest on Gaussian errors, against the threshold (Tan et al. 2022, arXiv 2202.01243)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_signals import gaussian

from remembrain.attacks.error_forest import ErrorForest
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.types import Known


@pytest.mark.parametrize(("s1", "s0"), [(1.39 * math.sqrt(math.pi / 2), 3.13 * math.sqrt(math.pi / 2)), (1.0, 3.7)])
def test_a_forest_on_the_same_number_is_weaker_by_about_eight_points(s1, s0):
    rng = np.random.default_rng(0)
    lost = []
    for _ in range(6):
        error, member = gaussian(rng, 1000, s1, s0)
        known = Known({"error": error}, member, np.arange(len(member)).astype(str))
        error, member = gaussian(rng, 1000, s1, s0)
        accuracy = [
            (((score := attack.score(known, {"error": error}, rng))[member] > 0).mean() + (score[~member] <= 0).mean())
            / 2
            for attack in (ErrorThreshold(), ErrorForest())
        ]
        lost.append(accuracy[0] - accuracy[1])
    assert 0.05 < np.mean(lost) < 0.11
