"""Fewer passes over the members."""

from __future__ import annotations

from made_defended import trained


def test_early_stopping_stops_and_the_recipe_tells(tmp_path):
    made, *_ = trained(tmp_path, "early-stopping=2")
    assert len(made.history) == 2
