"""Models that a learner trains on its own people: what they say of everybody, and what they cannot show."""

from __future__ import annotations

from remembrain.attacks import REFERENCED
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.federation.own_references import doubts


def test_a_learner_s_own_models_are_never_evidence_of_nothing():
    doubted = doubts((*REFERENCED, ErrorThreshold()))
    assert doubted.keys() == {attack.name for attack in REFERENCED}
    assert "not like a mean over all learners" in next(iter(doubted.values()))
