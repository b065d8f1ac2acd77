"""Noise and people, as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from remembrain.targets.private.noise import Cryptographic, Seeded, chance


@pytest.mark.parametrize("drawn", [Seeded.of(1, 1), Cryptographic()])
def test_noise_is_gaussian_and_people_are_drawn_by_themselves(drawn):
    noise = drawn.normal(torch.zeros(200, 100), 3.0).flatten().numpy() / 3.0
    assert stats.kstest(noise, "norm").pvalue > 1e-4
    times = np.array([drawn.sample(400, 0.04).sum() for _ in range(500)])
    low, high = stats.binom.ppf([5e-4, 1 - 5e-4], 400 * 500, 0.04)
    assert low <= times.sum() <= high
    spread = times.var(ddof=1) / (400 * 0.04 * 0.96)
    assert stats.chi2.ppf(5e-4, 499) / 499 < spread < stats.chi2.ppf(1 - 5e-4, 499) / 499


def test_the_same_seed_and_epoch_draw_the_same_and_others_do_not():
    like = torch.zeros(5)
    first, again, other = (chance(3, epoch, secure=False).normal(like, 1.0) for epoch in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    secure = [chance(3, 1, secure=True).normal(like, 1.0) for _ in range(2)]
    assert not torch.equal(*secure)
