"""Clipped gradients, alone and beside privacy."""

from __future__ import annotations

import pytest
from made_defended import PLAIN

from remembrain.targets.defences import named
from remembrain.targets.private.mechanism import Privacy


@pytest.mark.parametrize("texts", [["dp=3", "clipping=0.5"], ["clipping=0.5", "dp=3"]])
def test_clipping_beside_privacy_changes_the_norm_and_keeps_the_noise(texts):
    from dataclasses import replace

    asked = Privacy(noise_multiplier=0.0, delta=1e-4, secure_noise=True)
    recipe = replace(PLAIN, privacy=asked).defended(named(texts))
    assert recipe.privacy == Privacy(epsilon=3.0, delta=1e-4, clip=0.5, secure_noise=True)
