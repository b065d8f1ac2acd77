"""Where a scan stands among members and among others, against means written out."""

from __future__ import annotations

import numpy as np
from made_references import made as made_with_references
from made_signals import made

from remembrain.attacks import BLIND
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.attacks.lira import Lira
from remembrain.attacks.network import NetworkAttack
from remembrain.attacks.standing import reads, standing_of
from remembrain.attacks.without_age import WithoutAge


def test_who_sees_no_label_has_nothing_that_scans_go_together_by() -> None:
    signals, _ = made(40)
    for attack in (BLIND, WithoutAge(), NetworkAttack(("prediction",))):
        assert reads(attack) == ()
        assert standing_of(attack, signals) is None


def test_without_reference_models_a_scan_stands_at_its_error() -> None:
    signals, _ = made(40)
    for attack in (ErrorThreshold(), NetworkAttack(("gradient:output",))):
        assert reads(attack) == ("error",)
        among_members, among_others = standing_of(attack, signals)
        assert np.array_equal(among_members, signals["error"])
        assert np.array_equal(among_others, signals["error"])
    assert standing_of(ErrorThreshold(), {"label": signals["label"]}) is None


def test_with_reference_models_it_stands_at_what_its_error_is_beyond_theirs() -> None:
    signals, _ = made_with_references(300, 8, 0)
    assert reads(Lira()) == ("references", "label")
    among_members, among_others = standing_of(Lira(), signals)
    inside, error, target = (signals[f"references/{name}"] for name in ("inside", "error", "target"))
    for person in (0, 7, 299):
        theirs = error[person, :, 0]
        # every model is brought to the level of the others first, which over 300 people is by little
        assert abs(among_members[person] - (target[person, 0] - theirs[inside[person]].mean())) < 1
        assert abs(among_others[person] - (target[person, 0] - theirs[~inside[person]].mean())) < 1


def test_who_is_in_no_model_stands_among_others_alone() -> None:
    signals, _ = made_with_references(40, 8, 0)
    signals["references/inside"][:] = False
    among_members, among_others = standing_of(Lira(online=False), signals)
    assert np.array_equal(among_members, among_others)
