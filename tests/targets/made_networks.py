"""What tests of networks build them with."""

from __future__ import annotations

import torch

MNI = (1, 91, 109, 91)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)
