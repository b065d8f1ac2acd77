"""A model that only answers has no weights to be asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from remembrain.config import AttackOptions
from remembrain.errors import DataError
from remembrain.study.central.case import Case
from remembrain.targets.brought import BlackBox
from remembrain.targets.model import from_module

NOTHING: Any = None


def case_of(target: Any) -> Case:
    return Case(NOTHING, target, NOTHING, NOTHING, (), AttackOptions(), 0, NOTHING)


def test_the_network_is_the_target_where_it_is_one() -> None:
    target = from_module(torch.nn.Linear(2, 1))
    assert case_of(target).network is target
    with pytest.raises(DataError, match="theirs"):
        _ = case_of(BlackBox("theirs", "a server", lambda inputs: np.zeros((len(inputs), 1)), "code")).network
