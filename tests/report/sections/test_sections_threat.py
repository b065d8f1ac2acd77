"""Who could do it."""

from __future__ import annotations

from page_of import kept

import example_runs


def test_an_attacker_without_members_is_a_threat_of_its_own():
    text = kept(example_runs.everything).text()
    assert "has scans of similar people" in text
    assert "Others (shadow model)" in text
