"""An attack that is learned on a shadow model is that attack, by somebody who knows no member."""

from __future__ import annotations

import numpy as np
from made_signals import halves, made

from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.network import NetworkAttack
from remembrain.attacks.shadow import ShadowAttack


def test_the_shadow_s_people_are_learned_from_as_known_people_are() -> None:
    known, unknown, _ = halves(*made(200, leak=0.5))
    first, second = (
        attack.score(known, unknown, np.random.default_rng(0))
        for attack in (ErrorThreshold(), ShadowAttack(ErrorThreshold()))
    )
    assert np.array_equal(first, second)


def test_it_needs_what_the_attack_needs_and_no_known_member() -> None:
    for attack in (ErrorThreshold(), NetworkAttack(("gradient:output",))):
        shadow = ShadowAttack(attack)
        assert (shadow.access, shadow.needs) == (attack.access, attack.needs)
        assert (shadow.knows, attack.knows) == ("population", "some members")
        assert (shadow.on_shadow, shadow.fixed) == (True, True)
        assert shadow.name == f"shadow:{attack.name}"
        assert shadow.title == f"{attack.title}, learned on a shadow model"
