"""Who could do it."""

from __future__ import annotations

import example_runs
from page_of import kept


def test_an_attacker_without_members_is_a_threat_of_its_own():
    text = kept(example_runs.everything).text()
    assert "has scans of similar people" in text
    assert "Others (shadow model)" in text
