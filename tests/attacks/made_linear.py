"""Signals of a linear regression that overfits, for tests of attacks."""

from __future__ import annotations

import numpy as np


def linear(seed: int, people: int = 800, features: int = 120, *, leak: bool = True) -> tuple[dict, np.ndarray]:
    """A linear regression by least squares on half of the people, whose rows differ in length."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((people, features)) * np.exp(0.5 * rng.standard_normal((people, 1)))
    age = 60 + rows @ rng.standard_normal(features) * 0.3 + 3 * rng.standard_normal(people)
    member = np.arange(people) % 2 == 0
    trained = member if leak else np.zeros(people, dtype=bool)
    weights = np.linalg.lstsq(rows[trained], age[trained] - 60, rcond=None)[0] if leak else np.zeros(features)
    prediction = 60 + rows @ weights
    error = prediction - age
    return {
        "prediction": prediction,
        "label": age,
        "error": error,
        "gradient:output": 2 * error[:, None] * rows,
    }, member
