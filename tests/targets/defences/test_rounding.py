"""Predictions are given out as multiples of a step."""

from __future__ import annotations

import pytest
import torch

from remembrain.targets.defences import named, release_of


@pytest.mark.parametrize("step", [0.5, 5.0])
def test_what_is_given_out_is_the_nearest_multiple(step: float) -> None:
    rounded = release_of(named([f"rounding={step}"]), 0)
    years = torch.linspace(40, 90, 997, dtype=torch.float64)
    given = rounded(years)
    assert float((given - years).abs().max()) <= step / 2
    assert torch.equal(given / step, (given / step).round())
    assert torch.equal(rounded(given), given)
    assert len(given.unique()) == 50 / step + 1
