"""Noise on predictions is of the stated size, and the same for the same prediction."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from remembrain.targets.defences import named, release_of


def test_rounding_rounds_and_noise_is_the_same_for_the_same_prediction():
    years = torch.tensor([61.2, 64.9, 61.2])
    rounded = release_of(named(["rounding=5"]), 0)
    assert rounded(years).tolist() == [60.0, 65.0, 60.0]
    noisy = release_of(named(["noisy-predictions=2"]), 7)
    first, again = noisy(years), noisy(years.flip(0)).flip(0)
    assert torch.equal(first, again)
    assert first[0] == first[2] != years[0]
    many = noisy(torch.linspace(40, 90, 4000)) - torch.linspace(40, 90, 4000)
    assert abs(float(many.mean())) < 3.3 * 2 / np.sqrt(4000)
    assert float(many.std()) == pytest.approx(2.0, rel=3.3 / np.sqrt(8000))
    both = release_of(named(["noisy-predictions=2", "rounding=1"]), 7)
    assert torch.equal(both(years), both(years).round())
    assert release_of(named(["dropout=0.5"]), 0) is None
