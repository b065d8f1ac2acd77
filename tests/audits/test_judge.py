"""What was played is judged with both controls, or not at all."""

from __future__ import annotations

import numpy as np

from remembrain.attacks import BLIND
from remembrain.attacks.error_threshold import ErrorThreshold
from remembrain.audits.judge import judge
from remembrain.audits.play import Played
from remembrain.types import Scores

PEOPLE = 120


def scores(name: str, apart: float, seed: int) -> list[Scores]:
    rng = np.random.default_rng(seed)
    member = np.arange(PEOPLE) % 2 == 0
    names = np.array([f"sub-{place:03d}" for place in range(PEOPLE)])
    return [Scores(name, 0, names, np.full(PEOPLE, ""), member, rng.normal(size=PEOPLE) + apart * member)]


def test_without_a_blind_baseline_nothing_is_concluded():
    """A leak that every member is named by is still not assessed: facts of the people may do as well."""
    name = ErrorThreshold().name
    real, null = {name: scores(name, 4.0, 1)}, {name: scores(name, 0.0, 2)}
    found = judge([ErrorThreshold()], BLIND, Played({"real": real, "null": null}, {BLIND.name: "it fails"}), seed=0)
    assert (found.blind.status, found.overall.status) == ("not assessed", "not assessed")
    with_blind = {**real, BLIND.name: scores(BLIND.name, 0.0, 3)}
    nulls = {**null, BLIND.name: scores(BLIND.name, 0.0, 4)}
    found = judge([ErrorThreshold()], BLIND, Played({"real": with_blind, "null": nulls}, {}), seed=0)
    assert found.overall.status == "members recognised"
