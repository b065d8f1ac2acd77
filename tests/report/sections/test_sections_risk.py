"""What it means to be named."""

from __future__ import annotations

from page_of import kept

import example_runs


def test_a_posterior_has_its_prior_rate_and_interval_or_its_reason():
    text = " ".join(kept(example_runs.everything).text().split())
    assert "1 % 10 % 70 % 60 % to 80 % 7 % 2 % to 12 %" in text
    assert "150 non-members cannot resolve" in text
    assert "restricted/probabilities.tsv" in text
