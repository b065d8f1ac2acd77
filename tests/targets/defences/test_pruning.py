"""The smallest weights of all layers become zero."""

from __future__ import annotations

import pytest
import torch
from made_defended import trained


def test_pruning_leaves_the_stated_share_of_weights(tmp_path):
    _, target, *_ = trained(tmp_path, "pruning=0.8")
    weights = torch.cat([one.flatten() for one in target.module.parameters() if one.ndim > 1])
    assert float((weights == 0).float().mean()) == pytest.approx(0.8, abs=0.001)
