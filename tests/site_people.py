"""A site's own people for the leakage meter: who was trained on, and who was held out."""

from __future__ import annotations

import numpy as np


def people():
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(200, 6)).astype(np.float32)
    return {"inputs": inputs, "age": rng.uniform(45, 80, 200), "member": np.arange(200) < 100}
