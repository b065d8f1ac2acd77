"""Errors of people with and without them in a model, for tests of attacks with reference models."""

from __future__ import annotations

import numpy as np

INSIDE, OUTSIDE = 1.0, 2.0
"""Standard deviations of a model's error around the person's mean, with the person and without."""


def made(
    people: int,
    models: int,
    seed: int,
    *,
    shrink: float = 0.3,
    spread: float = 4.0,
    leak: bool = True,
    queries: int = 1,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Errors with means m without a person and shrink * m with them, Gaussian around these over trainings."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(0, spread, people)
    inside = np.zeros((people, models), dtype=bool)
    for pair in range(0, models, 2):
        inside[rng.permutation(people)[: people // 2], pair] = True
        inside[:, pair + 1] = ~inside[:, pair]
    member = np.arange(people) % 2 == 0

    def errors(trained: np.ndarray) -> np.ndarray:
        centre = np.where(trained, shrink * mean if trained.ndim == 1 else shrink * mean[:, None], 0.0)
        centre = centre + np.where(trained, 0.0, mean if trained.ndim == 1 else mean[:, None])
        return centre + rng.standard_normal(trained.shape) * np.where(trained, INSIDE, OUTSIDE)

    label = rng.uniform(45, 80, people)
    target = errors(member if leak else np.zeros(people, dtype=bool))
    error = errors(inside)
    signals = {
        "references/error": np.repeat(error[:, :, None], queries, axis=2),
        "references/inside": inside,
        "references/target": np.repeat(target[:, None], queries, axis=1),
        "label": label,
        "prediction": label + target,
        "error": target,
        "disguised-error": target[:, None] + rng.normal(0, 2, (people, 3)) * (np.arange(3) > 0),
        "gradient:output": target[:, None] * rng.normal(1, 0.1, (people, 3)),
    }
    return signals, member
