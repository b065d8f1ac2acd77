"""Errors of people over the rounds of a federation, for tests of attacks."""

from __future__ import annotations

import numpy as np


def made(
    people: int, seed: int, *, rounds: int = 5, others: int = 7, leak: bool = True
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Errors around a mean of each person, which over the rounds shrinks in the model of the learner who has them."""
    rng = np.random.default_rng(seed)
    mean, member = rng.normal(0, 4, people), np.arange(people) % 2 == 0
    left = np.where(member[:, None] & leak, np.linspace(1, 0.3, rounds), 1.0)
    own = left * mean[:, None] + rng.standard_normal((people, rounds))
    theirs = mean[:, None, None] + rng.standard_normal((people, rounds, others))
    return {"label": rng.uniform(45, 80, people), "rounds": own, "others": theirs}, member
