"""What tests of simulated audits share."""

import pytest

from remembrain.audits import simulated


@pytest.fixture
def small_audits(monkeypatch):
    """Few people and repeats, and one attack that is drawn in place of seven: what is judged here are bounds."""
    monkeypatch.setattr(simulated, "SIDES", (100,))
    monkeypatch.setattr(simulated, "REPEATS", 2)
    monkeypatch.setattr(simulated, "PERMUTATIONS", 199)
    monkeypatch.setattr(simulated, "ATTACKS", simulated.ATTACKS[:3])
