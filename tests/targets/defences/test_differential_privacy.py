"""Privacy that a defence asks for, beside what the recipe says."""

from __future__ import annotations

from made_defended import PLAIN

from remembrain.targets.defences import named
from remembrain.targets.private.mechanism import Privacy


def test_privacy_settings_of_the_recipe_are_kept_by_a_defence_that_says_how_much():
    from dataclasses import replace

    recipe = replace(PLAIN, privacy=Privacy(noise_multiplier=0.0, delta=1e-4, clip=3.0)).defended(named(["dp=2"]))
    assert recipe.privacy == Privacy(epsilon=2.0, delta=1e-4, clip=3.0)
