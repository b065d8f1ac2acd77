"""A table whose columns know something of age, and, where asked for, which hospital everybody is from."""

from __future__ import annotations

import numpy as np
import pandas as pd


def write_people(path, n, first=0, *, hospital=False):
    rng = np.random.default_rng(first)
    age = rng.uniform(45, 80, n)
    frame = pd.DataFrame({f"x{place}": (age - 60) / 10 + rng.normal(size=n) for place in range(6)})
    frame.insert(0, "participant_id", [f"sub-{first + place:03d}" for place in range(n)])
    frame["age"] = age
    if hospital:
        frame["hospital"] = np.array(["Rome", "Oslo"])[rng.integers(0, 2, n)]
    frame.to_csv(path, sep="\t", index=False)
    return path
