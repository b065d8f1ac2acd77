"""What tests of synthetic people compare volumes with."""

from __future__ import annotations

import numpy as np


def standard(volume: np.ndarray) -> np.ndarray:
    return (volume - volume.mean()) / volume.std()
