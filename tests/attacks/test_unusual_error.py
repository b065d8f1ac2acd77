"""Errors that are small for a non-member, against the probability where errors are of a known size."""

from __future__ import annotations

import numpy as np
from scipy import stats

from remembrain.attacks.unusual_error import UnusualError
from remembrain.types import Known


def drawn(people: int, seed: int) -> dict[str, np.ndarray]:
    """Errors whose log-size is Gaussian, with mean 1 below the age of 60 and 2 above it, and a spread of 0.5."""
    rng = np.random.default_rng(seed)
    label = rng.uniform(45, 75, people)
    size = np.exp(np.where(label < 60, 1.0, 2.0) + 0.5 * rng.standard_normal(people))
    error = size * rng.choice([-1, 1], people)
    return {"label": label, "error": error, "prediction": label}  # which then tells no more than the label does


def test_the_score_is_the_log_of_the_probability_that_a_non_member_errs_by_no_more() -> None:
    known = Known(drawn(4000, 0), np.zeros(4000, dtype=bool), np.arange(4000).astype(str))
    asked = drawn(1000, 1)
    mean = np.where(asked["label"] < 60, 1.0, 2.0)
    exact = -stats.norm.logcdf(np.log(np.abs(asked["error"])), mean, 0.5) - np.log(2)
    score = UnusualError().score(known, asked, np.random.default_rng(0))
    assert np.corrcoef(score, exact)[0, 1] > 0.95
    half = (score > 0).mean()  # of non-members, half
    assert abs(half - 0.5) < 4 * np.sqrt(0.25 / 1000)


def test_nothing_is_learned_of_known_members() -> None:
    signals, member = drawn(400, 2), np.arange(400) % 2 == 0
    others = {name: np.where(member, 3 * array, array) for name, array in signals.items()}
    names, asked = np.arange(400).astype(str), drawn(50, 3)
    first, second = (
        UnusualError().score(Known(known, member, names), asked, np.random.default_rng(0))
        for known in (signals, others)
    )
    assert np.array_equal(first, second)
