"""The last self-test."""

from __future__ import annotations

from page_of import kept

import example_runs


def test_a_self_test_that_failed_is_said_beside_the_controls_too():
    text = kept(example_runs.differing).text()
    assert "The last self-test of this program on this machine failed" in text
    assert "the figures of this report are not to be relied on" in text
    assert "NOT KEPT" in text
    assert "It was of another version than this audit" in text
    assert "The self-test was not run on this machine" in kept(example_runs.leaking).text()
