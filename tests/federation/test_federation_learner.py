"""A learner's round: what is told of it, and the mean age before it."""

from __future__ import annotations

import numpy as np

from remembrain.federation.learner import mean_age_told
from remembrain.targets.private.mechanism import Privacy
from remembrain.targets.recipes import Recipe

RECIPE = Recipe("sgd", 1e-2, 0.0, 4, 2, privacy=Privacy(noise_multiplier=0.8, delta=1e-3))


def test_the_mean_age_is_told_with_noise():
    age, person = np.full(40, 70.0), np.arange(40).astype(str)
    found = [mean_age_told(age, person, RECIPE, learner=number, seed=0) for number in range(1, 60)]
    assert len(set(found)) == 59
    assert np.std(found) > 1.0
    plain = Recipe("sgd", 1e-2, 0.0, 4, 2)
    assert mean_age_told(age, person, plain, learner=1, seed=0) == 70.0
