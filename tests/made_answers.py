"""People who answered a survey, for audits of tables from end to end."""

from __future__ import annotations

import numpy as np
import pandas as pd


def made(people: int, seed: int, first: int = 0) -> pd.DataFrame:
    """People with twelve questions that go together, a number, and weights."""
    rng = np.random.default_rng(seed)
    lean = rng.standard_normal(people)
    frame = {"participant_id": [f"sub-{place}" for place in range(first, first + people)]}
    for place in range(12):
        answer = np.digitize(0.5 * lean + rng.standard_normal(people), (-0.5, 0.7))
        frame[f"q{place}"] = np.where(rng.random(people) < 0.05, "", np.array(["a", "b", "c"])[answer])
    frame["sex"] = rng.choice(["F", "M"], people)
    frame["score"] = np.round(50 + 10 * rng.standard_normal(people), 2)
    frame["w"] = np.round(rng.uniform(0.5, 2.0, people), 3)
    return pd.DataFrame(frame)
